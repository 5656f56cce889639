#pragma once
// An OData 4 feed of registers and indicators, read-only, for spreadsheets that refresh by themselves. Pure but for the
// reader: who may ask is decided before, and by `allowed`.
//
//     (root)             the entity sets                 $top $skip $count $select $orderby
//     (root)$metadata    their types, from the catalog   $filter with eq ne gt ge lt le, joined by and
//     (root)person       rows; (root)person/$count
//     (root)indicators   every figure, whole and by each cut
//
// Ids and dates are strings: an id is beyond what a double holds, and a date may lack its day (2026-03). Enumerations are
// strings by name. Bytes (signatures) are left out.

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "engine/catalog/catalog.hpp"
#include "engine/store/database.hpp"
#include "schema/domain/facts.hpp"

namespace tefter {

struct ODataRequest {
    std::string root;  ///< the address of the service, ending in a slash; for links
    std::string path;  ///< what stands behind it
    std::map<std::string, std::string> query;
};

struct ODataAnswer {
    int status = 200;  ///< 400 for a question that cannot be answered, 404 for a set that there is not, with a sentence in the body
    std::string content_type, body;
    std::int64_t rows = 0;  ///< given out: for the access log
};

/// A table none of whose columns is allowed is not there. `facts` are loaded when they are asked for.
ODataAnswer odata(const ODataRequest& request, Database& reader, const Catalog& catalog,
                  const std::function<std::shared_ptr<const Facts>()>& facts,
                  const std::function<bool(const Table&, const Column&)>& allowed);

}  // namespace tefter
