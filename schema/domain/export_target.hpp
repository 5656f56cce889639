#pragma once
// Files that rows are written to: what is not finished leaves nothing.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/value.hpp"

namespace tefter {

/// Where tables go; what is not finished leaves nothing.
class ExportTarget {
public:
    virtual ~ExportTarget() = default;
    virtual void begin_table(const std::string& name, const std::vector<std::string>& columns) = 0;
    virtual void add(std::span<const Value> cells) = 0;
    virtual void finish() = 0;
};

enum class ExportShape {
    all_tables,  ///< csv is a folder with a file a table
    one_table,   ///< csv is one file
};

/// What open_export would refuse, before anything else is done.
void check_export(const std::string& format, const std::string& path);
/// Of csv, xlsx or sqlite. Throws ErrorKind::usage for another format, ErrorKind::refused where there is something at `path`.
std::unique_ptr<ExportTarget> open_export(const std::string& format, const std::string& path, ExportShape shape);

}  // namespace tefter
