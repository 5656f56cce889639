#pragma once
// The catalog of the simulated world, and the one of the next release.

#include <string>

namespace tefter::sim {

inline constexpr const char* catalog_head = R"({
 "name": "simulation", "number": )";
inline constexpr const char* catalog_body = R"(,
 "scopes": [{"number": 1, "name": "shared"}, {"number": 2, "name": "regional"}, {"number": 3, "name": "AL"}, {"number": 4, "name": "BA"}],
 "enumerations": {"mark": {"number": 1, "values": [
    {"number": 1, "name": "absent"}, {"number": 2, "name": "excused"}, {"number": 3, "name": "late"}, {"number": 4, "name": "present"}]}},
 "tables": [
  {"number": 17, "name": "person", "scope": "chosen", "key": "id", "groups": [
    {"number": 1, "name": "name", "columns": [{"name": "family", "type": "text", "required": true, "personal": true}]},
    {"number": 2, "name": "work", "columns": [{"name": "position", "type": "text"}, {"name": "grade", "type": "int"}]})";
inline constexpr const char* catalog_new_group = R"(,
    {"number": 3, "name": "note", "columns": [{"name": "note", "type": "text", "personal": true}]})";
inline constexpr const char* catalog_attendance = R"(]},
  {"number": 19, "name": "attendance", "scope": "of:person",
   "key": [{"name": "person", "type": "ref", "table": "person"}, {"name": "number", "type": "int"}],
   "groups": [{"number": 1, "name": "mark", "rule": "max", "columns": [{"name": "status", "type": "enum", "enum": "mark", "required": true}]}]})";
inline constexpr const char* catalog_papers = R"(,
  {"number": 20, "name": "paper", "scope": "of:person",
   "key": [{"name": "person", "type": "ref", "table": "person"}, {"name": "number", "type": "int"}],
   "groups": [{"number": 1, "name": "file", "columns": [
     {"name": "title", "type": "text", "required": true}, {"name": "content", "type": "blob", "file": true, "required": true}]}]})";
inline constexpr const char* catalog_end = "\n ]}";

/// `papers`: with a table whose rows name files.
inline std::string catalog_of_release(int number, bool papers) {
    return catalog_head + std::to_string(number) + catalog_body + (number > 1 ? catalog_new_group : "") + catalog_attendance +
           (papers ? catalog_papers : "") + catalog_end;
}

}  // namespace tefter::sim
