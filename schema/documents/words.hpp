#pragma once
// How documents write figures, parts of a cut, and the catalog's names.

#include "schema/domain/certificates.hpp"
#include "schema/domain/indicators.hpp"
#include "schema/texts/texts.hpp"

namespace tefter::documents {

/// 12, 53.2 %, 1,250.50 €; a dash where there is none.
std::string figure_text(const Texts& texts, const Indicator& indicator, const std::optional<double>& value);
std::string indicator_name(const Texts& texts, const Indicator& indicator);
/// A part of a cut: the beneficiary's name, an enumerator's word, 2026-Q1.
std::string slice_name(const Texts& texts, const Indicator& indicator, Cut cut, const std::string& key);
/// Of a table ("table."), a column ("column.") or an enumerator ("gender."): its text, or its catalog name in plain words
/// where it has none.
std::string catalog_word(const Texts& texts, std::string_view family, std::string_view name);
/// What became of a certificate's code, in a sentence.
std::string standing_text(const Texts& texts, const CertificateCheck& check);
/// The first letter large.
std::string capitalised(std::string_view text);
/// A cell as people read it.
std::string cell_text(const Texts& texts, const Column& column, const Value& value);

}  // namespace tefter::documents
