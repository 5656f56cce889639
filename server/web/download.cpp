#include "server/web/download.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "engine/base/error.hpp"

namespace tefter::web {

Scratch::Scratch(const std::string& server_folder) {
    std::string made = server_folder + "/export-XXXXXX";
    if (::mkdtemp(made.data()) == nullptr) throw Error(ErrorKind::disk, "The server's folder cannot be written to; free some space.");
    path_ = made;
}

Scratch::~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

Response download(const std::string& path, const std::string& name, const std::string& type) {
    const auto in = std::make_shared<std::ifstream>(path, std::ios::binary);
    if (!*in) throw Error(ErrorKind::disk, "The file that was made cannot be read; free some space on the server and ask again.");
    Response response;
    response.type = type;
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + "\"");
    response.stream = [in](const std::function<bool(std::string_view)>& sink) {
        std::string piece(256U << 10U, '\0');
        while (in->read(piece.data(), static_cast<std::streamsize>(piece.size())) || in->gcount() > 0) {
            if (!sink(std::string_view(piece).substr(0, static_cast<std::size_t>(in->gcount())))) return;
        }
    };
    return response;
}

}  // namespace tefter::web
