#include "server/files.hpp"

#include <fstream>

#include "engine/base/file.hpp"

namespace tefter {

void write_secret_file(const std::string& path, std::string_view text) {
    NewFile file(path);
    file.write(as_bytes(text));
    file.commit();
}

std::string read_line(const std::string& path) {
    std::ifstream in(path);
    std::string line;
    if (!std::getline(in, line)) throw Error(ErrorKind::disk, "The file " + path + " cannot be read; is this the server's folder?");
    return line;
}

DatabaseKey open_key(const std::string& folder) { return KeyFile::load(folder + "/keys").open(read_line(folder + "/unlock")); }

}  // namespace tefter
