#include "kiosk/model/dashboard_model.hpp"

#include <algorithm>

#include "engine/store/devices.hpp"
#include "kiosk/model/activities_model.hpp"

namespace tefter::kiosk {

namespace {

struct LoadedDashboard {
    std::shared_ptr<const Facts> facts;
    std::vector<std::pair<std::string, std::string>> beneficiaries;
    std::vector<OfficeLine> offices;
};

LoadedDashboard load_dashboard(Database& reader, const Catalog& catalog, const std::string& today, Language language) {
    LoadedDashboard out;
    out.facts = Facts::load(reader, catalog, today);
    {
        Statement row = reader.prepare_once("SELECT code, name FROM beneficiary WHERE role = 1 ORDER BY sort, code");
        while (row.step()) out.beneficiaries.emplace_back(row.text(0), localized(row.text(1), language));
    }
    std::map<std::int64_t, std::int64_t> known;
    {
        Statement row = reader.prepare_once("SELECT device, max(version) FROM tefter_head GROUP BY device");
        while (row.step()) known[row.integer(0)] = Version{row.integer(1)}.unix_ms();
    }
    for (const Device& device : list_devices(reader, catalog)) {
        if (device.revoked || device.number == server_device) continue;
        const auto at = known.find(device.number.value);
        out.offices.push_back({device.office, at == known.end() ? 0 : at->second});
    }
    std::stable_sort(out.offices.begin(), out.offices.end(),
                     [](const OfficeLine& a, const OfficeLine& b) { return a.known_ms < b.known_ms; });
    return out;
}

std::optional<std::int64_t> number_of(const Catalog& catalog, const char* enumeration, const std::string& name) {
    for (const Enumerator& one : catalog.enumerations().find(enumeration)->second.values) {
        if (one.name == name) return one.number;
    }
    return std::nullopt;
}

Filter filter_of(const DashboardQuestion& question, const Catalog& catalog, const std::string& today) {
    Filter out;
    if (question.period != Period::all) {
        const int year = std::stoi(today.substr(0, 4)) - (question.period == Period::last_year ? 1 : 0);
        out.from = out.to = std::to_string(year);
    }
    if (!question.beneficiary.empty()) out.beneficiary = catalog.find_scope(question.beneficiary)->number;
    out.institution_type = number_of(catalog, "institution_type", question.institution_type);
    out.gender = number_of(catalog, "gender", question.gender);
    return out;
}

DashboardFigures compute(const Facts& facts, const DashboardQuestion& question, const Filter& filter) {
    DashboardFigures out;
    for (const IndicatorFigures& one : overview(facts, filter)) {
        if (one.slices.empty()) continue;
        const bool of_quality = one.indicator->code.starts_with("Q");
        const bool told = one.indicator->code.starts_with("C") || one.slices.front().figure.rows > 0;
        if (!of_quality && told && one.slices.front().figure.applies) out.tiles.push_back({one.indicator, one.slices.front().figure});
    }
    const Indicator& drawn = indicator(question.code);
    if (drawn.can(question.cut)) out.parts = figures_of(facts, drawn, filter, question.cut);
    if (drawn.can(Cut::quarter)) out.quarters = figures_of(facts, drawn, filter, Cut::quarter);
    return out;
}

}  // namespace

void DashboardModel::refresh(Desk& desk, Language language) {
    if (seen != desk.revision()) {
        seen = desk.revision();
        desk.read([language, today = local_day(desk.now_ms()),
                   &catalog = desk.catalog()](Database& reader) { return load_dashboard(reader, catalog, today, language); },
                  [this](LoadedDashboard found) {
                      facts = std::move(found.facts);
                      beneficiaries = std::move(found.beneficiaries);
                      offices = std::move(found.offices);
                  });
    }
    if (facts && (asked_of_ != facts || !(asked_ == question))) ask(desk);
}

void DashboardModel::let_go() {
    facts.reset();
    asked_of_.reset();
    seen = 0;
}

void DashboardModel::ask(Desk& desk) {
    asked_ = question;
    asked_of_ = facts;
    const Filter filter = filter_of(question, desk.catalog(), local_day(desk.now_ms()));
    desk.read([of = facts, wanted = question, filter](Database&) { return compute(*of, wanted, filter); },
              [this, wanted = question](DashboardFigures found) {
                  if (!(wanted == question)) return;
                  figures = std::move(found);
                  loaded = true;
              });
}

void DashboardModel::choose(const Indicator& indicator) {
    question.code = indicator.code;
    if (indicator.can(question.cut)) return;
    for (const Cut cut : {Cut::beneficiary, Cut::activity_kind, Cut::stage}) {
        if (indicator.can(cut)) question.cut = cut;
    }
}

}  // namespace tefter::kiosk
