"""A poor line. usage: proxy.py PORT; prints its own address; each line N on standard input cuts the next connection
after N bytes from the server."""

import socket
import sys
import threading


def hang_up(*ends):
    for end in ends:
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:  # it has hung up itself
            pass


class CuttingProxy:
    """Carries bytes to a server, and cuts the next connection after so many bytes of its answer."""

    def __init__(self, port):
        self.target, self.cut_after, self.carried = port, None, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:  # the server is away
                client.close()
                continue
            self.carried = 0
            cut, self.cut_after = self.cut_after, None
            threading.Thread(target=self._carry, args=(client, server, None), daemon=True).start()
            threading.Thread(target=self._carry, args=(server, client, cut), daemon=True).start()

    def _carry(self, source, target, cut):
        try:
            while piece := source.recv(1024):
                if cut is not None:
                    self.carried += len(piece)
                    if self.carried > cut:
                        break
                target.sendall(piece)
        except OSError:
            pass
        hang_up(source, target)

    def close(self):
        self.listener.close()


if __name__ == "__main__":
    proxy = CuttingProxy(int(sys.argv[1]))
    print(proxy.address, flush=True)
    for line in sys.stdin:
        proxy.cut_after = int(line)
        print("cutting", flush=True)
