#pragma once
// What an OData question asks for, in words of columns. Pure.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tefter {

/// One comparison of $filter; several are joined by and.
struct ODataCondition {
    std::string column, operation;       ///< eq ne gt ge lt le
    std::optional<std::string> literal;  ///< nothing: null
    bool quoted = false;                 ///< it was a text in quotes
};

struct ODataQuery {
    std::optional<std::size_t> top;
    std::size_t skip = 0;
    bool count = false;
    std::vector<std::string> select;
    std::vector<std::pair<std::string, bool>> order;  ///< column, descending
    std::vector<ODataCondition> filter;
};

/// Throws ErrorKind::usage, with a sentence that names what cannot be read.
ODataQuery parse_odata_query(const std::map<std::string, std::string>& query);

}  // namespace tefter
