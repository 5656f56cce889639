#pragma once
// The indicators under a filter, one of them in parts and over time, and how far this replica knows each office.

#include "kiosk/model/desk.hpp"
#include "schema/domain/indicators.hpp"
#include "schema/texts/texts.hpp"

namespace tefter::kiosk {

enum class Period { all, this_year, last_year };

/// What is asked for; names of the catalog, empty: all.
struct DashboardQuestion {
    Period period = Period::all;
    std::string beneficiary, institution_type, gender;
    std::string code = "C1";  ///< the indicator that is drawn
    Cut cut = Cut::beneficiary;
    friend bool operator==(const DashboardQuestion&, const DashboardQuestion&) = default;
};

struct Tile {
    const Indicator* indicator = nullptr;
    Figure figure;
};

struct OfficeLine {
    std::string office;
    std::int64_t known_ms = 0;  ///< the last change of the office that has come here; 0: none
};

struct DashboardFigures {
    std::vector<Tile> tiles;
    std::vector<Slice> parts, quarters;  ///< of the chosen indicator; empty where it cannot be cut so
};

struct DashboardModel {
    DashboardQuestion question;
    DashboardFigures figures;
    std::vector<std::pair<std::string, std::string>> beneficiaries;  ///< code and name, in their order
    std::vector<OfficeLine> offices;                                 ///< the oldest first
    std::shared_ptr<const Facts> facts;                              ///< null until they are loaded
    bool loaded = false;
    std::uint64_t seen = 0;

    void refresh(Desk& desk, Language language);
    /// It is not looked at: the facts of a large register take much memory, and are loaded again when it is; its figures stay.
    void let_go();
    /// Draws another indicator, cut as before if it can be.
    void choose(const Indicator& indicator);

private:
    void ask(Desk& desk);
    DashboardQuestion asked_;
    std::shared_ptr<const Facts> asked_of_;
};

}  // namespace tefter::kiosk
