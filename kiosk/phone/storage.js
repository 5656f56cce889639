// The folder /tefter of the engine's file system, on the disk: files of the browser's own file system (OPFS), each open for as
// long as the worker lives, with a page of 4096 bytes before the content that says its name. A name is put in its place, taken
// away or changed by one write of that page; of two files with one name the later one holds. Included in tefter.js.
"use strict";

const storage = {
    page: 4096,
    magic: 0x54465431,
    slots: [],

    /// Opens all files. Another tab that has them open makes this throw.
    async open(folderName, count) {
        const root = await navigator.storage.getDirectory();
        const folder = await root.getDirectoryHandle(folderName, { create: true });
        for (let i = 0; i < count; ++i) {
            const file = await folder.getFileHandle(String(i), { create: true });
            const slot = { handle: await file.createSyncAccessHandle(), name: "", turn: 0 };
            storage.readName(slot);
            storage.slots.push(slot);
        }
        for (const slot of storage.slots) {
            if (slot.name && storage.slots.some((other) => other.name === slot.name && other.turn > slot.turn)) storage.rename(slot, "");
        }
        FS.mkdir("/tefter");
        FS.mount(storage, {}, "/tefter");
    },

    sum(bytes) {
        let sum = 0x811c9dc5;
        for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
        return sum;
    },

    /// magic, sum of what follows, turn, length of the name, name; a page that was torn names nothing.
    readName(slot) {
        const page = new Uint8Array(storage.page);
        if (slot.handle.read(page, { at: 0 }) !== page.length) return;
        const view = new DataView(page.buffer);
        const length = view.getUint32(12, true);
        if (view.getUint32(0, true) !== storage.magic || length > 255) return;
        if (view.getUint32(4, true) !== storage.sum(page.subarray(8, 16 + length))) return;
        slot.turn = view.getUint32(8, true);
        slot.name = new TextDecoder().decode(page.subarray(16, 16 + length));
    },

    /// On the disk when it returns.
    rename(slot, name) {
        const page = new Uint8Array(storage.page);
        const view = new DataView(page.buffer);
        const bytes = new TextEncoder().encode(name);
        slot.turn = 1 + Math.max(...storage.slots.map((each) => each.turn));
        slot.name = name;
        view.setUint32(0, storage.magic, true);
        view.setUint32(8, slot.turn, true);
        view.setUint32(12, bytes.length, true);
        page.set(bytes, 16);
        view.setUint32(4, storage.sum(page.subarray(8, 16 + bytes.length)), true);
        storage.disk(() => slot.handle.write(page, { at: 0 }));
        slot.handle.flush();
    },

    /// What the browser refuses to write is a full disk to the engine.
    disk(write) {
        try {
            return write();
        } catch (error) {
            throw new FS.ErrnoError(51); // ENOSPC
        }
    },

    find(name) {
        return storage.slots.find((slot) => slot.name === name);
    },

    // What emscripten's FS asks of a file system.

    mount() {
        return storage.node(null, "/", 16384 | 511, null);
    },
    node(parent, name, mode, slot) {
        const node = FS.createNode(parent, name, mode, 0);
        node.slot = slot;
        node.node_ops = storage.node_ops;
        node.stream_ops = storage.stream_ops;
        node.made = new Date();
        return node;
    },
    node_ops: {
        getattr(node) {
            const size = node.slot ? Math.max(0, node.slot.handle.getSize() - storage.page) : 0;
            const time = node.made;
            return {
                dev: 77, ino: node.id, mode: node.mode, nlink: 1, uid: 0, gid: 0, rdev: 0, size,
                atime: time, mtime: time, ctime: time, blksize: storage.page, blocks: Math.ceil(size / 512),
            };
        },
        setattr(node, attributes) {
            if (attributes.mode !== undefined) node.mode = attributes.mode;
            if (attributes.size !== undefined) storage.disk(() => node.slot.handle.truncate(storage.page + attributes.size));
        },
        lookup(parent, name) {
            const slot = storage.find(name);
            if (!slot) throw new FS.ErrnoError(44); // ENOENT
            return storage.node(parent, name, 32768 | 384, slot);
        },
        mknod(parent, name, mode) {
            const slot = storage.find("");
            if (!slot) throw new FS.ErrnoError(51);
            storage.disk(() => slot.handle.truncate(storage.page));
            storage.rename(slot, name);
            return storage.node(parent, name, mode, slot);
        },
        rename(node, folder, name) {
            const replaced = storage.find(name);
            storage.rename(node.slot, name);
            if (replaced && replaced !== node.slot) {
                FS.hashRemoveNode(FS.lookupNode(folder, name));
                storage.rename(replaced, "");
                replaced.handle.truncate(storage.page);
            }
            node.name = name;
        },
        unlink(parent, name) {
            const slot = storage.find(name);
            storage.rename(slot, "");
            slot.handle.truncate(storage.page);
        },
        readdir() {
            return [".", "..", ...storage.slots.map((slot) => slot.name).filter(Boolean)];
        },
    },
    stream_ops: {
        llseek(stream, offset, whence) {
            let position = offset;
            if (whence === 1) position += stream.position;
            else if (whence === 2) position += storage.node_ops.getattr(stream.node).size;
            if (position < 0) throw new FS.ErrnoError(28); // EINVAL
            return position;
        },
        read(stream, buffer, offset, length, position) {
            const into = new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
            return stream.node.slot.handle.read(into, { at: storage.page + position });
        },
        write(stream, buffer, offset, length, position) {
            const from = new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
            return storage.disk(() => stream.node.slot.handle.write(from, { at: storage.page + position }));
        },
        fsync(stream) {
            if (stream.node.slot) stream.node.slot.handle.flush();
            return 0;
        },
    },
};

Module["openStorage"] = storage.open;
