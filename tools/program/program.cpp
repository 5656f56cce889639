#include "tools/program/program.hpp"

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
