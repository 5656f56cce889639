#pragma once
// How one figure is shown: its words, its value, what is masked, its target.

#include "server/web/filters.hpp"

namespace tefter::web {

std::string indicator_name(const Visit& visit, const Indicator& indicator);
/// Of fewer than five people: a number that could tell who they are. For those who may not see people's data.
bool is_masked(const Visit& visit, const Figure& figure);
/// 203, 53.2 %, 1,204.5; "< 5" where it is masked, a dash where there is nothing to count it from.
std::string value_words(const Visit& visit, const Indicator& indicator, const Figure& figure);
Markup value_markup(const Visit& visit, const Indicator& indicator, const Figure& figure);
/// A part of a cut by name: Albania, Training, 2026-Q1.
std::string part_name(const Visit& visit, const Indicator& indicator, Cut cut, const std::string& key);

}  // namespace tefter::web
