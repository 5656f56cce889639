#include "tools/program/program.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <iostream>
#include <nlohmann/json.hpp>

namespace tefter {

int print_verification(const Verification& result, bool json) {
    if (json) {
        std::cout << nlohmann::json{{"rows", result.rows}, {"segments", result.segments}, {"faults", result.faults}}.dump(1) << "\n";
    } else if (result.faults.empty()) {
        std::cout << "All is well: " << result.rows << " rows, " << result.segments << " segments.\n";
    }
    for (const std::string& fault : result.faults) std::cerr << fault << "\n";
    return result.faults.empty() ? 0 : 1;
}

std::vector<OwnedValue> parse_key(const Table& table, const std::string& text) {
    std::vector<OwnedValue> out;
    std::size_t from = 0;
    for (std::size_t i = 0; i + 1 < table.key.size(); ++i) {
        const std::size_t slash = text.find('/', from);
        if (slash == std::string::npos) break;
        out.emplace_back(text.substr(from, slash - from));
        from = slash + 1;
    }
    out.emplace_back(text.substr(from));
    if (out.size() != table.key.size()) {
        std::string names;
        for (const Column& column : table.key) names += (names.empty() ? "" : "/") + column.name;
        throw Error(ErrorKind::usage, "The key \"" + text + "\" is not whole: " + table.name + " has the key " + names + ".");
    }
    return out;
}

void close_to_others() {
    const rlimit none{0, 0};
    if (::setrlimit(RLIMIT_CORE, &none) != 0 || ::prctl(PR_SET_DUMPABLE, 0) != 0) {
        throw Error(ErrorKind::internal, "This system does not let the program close its memory to others.");
    }
}

int report_failure(const char* program) {
    try {
        throw;
    } catch (const Error& error) {
        std::cerr << error.what() << "\n";
        return error.kind() == ErrorKind::usage ? 2 : 1;
    } catch (const std::exception& error) {
        std::cerr << program << " failed: " << error.what() << "\n";
        return 1;
    }
}

}  // namespace tefter
