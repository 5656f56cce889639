#pragma once
// Filters as they stand in an address, so that a view can be sent to a colleague.

#include "schema/domain/indicators.hpp"
#include "server/web/visit.hpp"

namespace tefter::web {

/// Throws ErrorKind::usage with a sentence for what is no date, no beneficiary, no enumerator.
Filter filter_of(const Visit& visit);
/// The reverse: the fields of an address, none for what is open.
Fields fields_of(const Visit& visit, const Filter& filter);
/// path?fields, without a mark where there is no field.
std::string address_of(const std::string& path, const Fields& fields);

/// The form that changes them; `keep` are fields that stay as they are.
Markup filter_form(const Visit& visit, const std::string& path, const Filter& filter, const Fields& keep = {});
/// What is filtered, in words: "Albania · 2026-01 – 2026-03"; "Everything" where nothing is.
std::string filter_words(const Visit& visit, const Filter& filter);

/// Albania, Regional …: a scope as people call it.
std::string scope_name(const Visit& visit, std::string_view scope);

}  // namespace tefter::web
