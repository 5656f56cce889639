#pragma once
// What somebody is told when something is refused.

#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "engine/base/error.hpp"

namespace tefter::test {

/// The sentence with which `action` is refused, as an error of that kind.
inline std::string sentence_of(const std::function<void()>& action, ErrorKind kind) {
    try {
        action();
    } catch (const Error& error) {
        CHECK(error.kind() == kind);
        return error.what();
    }
    FAIL("this should have been refused");
    return {};
}

}  // namespace tefter::test
