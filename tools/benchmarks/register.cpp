#include "tools/benchmarks/register.hpp"

#include <iostream>
#include <random>

namespace tefter::bench {

namespace {

constexpr std::int64_t people_an_activity = 50, sessions_an_activity = 8, institutions = 300, attendances_a_person = 10;
constexpr std::size_t edits_at_once = 5000;

class Maker {
public:
    Maker(Replica& replica, std::int64_t count, std::span<const Scope> scopes) : replica_(replica), count_(count), scopes_(scopes) {}

    void make() {
        make_institutions();
        make_people();
        make_activities();
        flush();
    }

private:
    using Values = std::vector<std::pair<std::string, OwnedValue>>;

    void add(const char* table, std::vector<OwnedValue> key, Values values, std::optional<ScopeNumber> scope = std::nullopt) {
        Edit edit;
        edit.table = table;
        edit.key = std::move(key);
        edit.values = std::move(values);
        edit.scope = scope;
        edits_.push_back(std::move(edit));
        if (edits_.size() >= edits_at_once) flush();
    }
    void flush() {
        replica_.write(0, edits_);
        edits_.clear();
    }
    std::int64_t below(std::int64_t end) { return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(end)); }
    ScopeNumber some_scope() { return scopes_[static_cast<std::size_t>(below(std::ssize(scopes_)))].number; }

    void make_institutions() {
        for (std::int64_t i = 0; i < institutions; ++i) {
            const ScopeNumber scope = replica_.catalog().find_scope("regional")->number;
            offices_.push_back(replica_.new_id());
            add("institution", {offices_.back()}, {{"name", "Office " + std::to_string(i)}, {"kind", 1 + below(11)}, {"beneficiary", "AL"}},
                scope);
        }
    }
    void make_people() {
        for (std::int64_t i = 0; i < count_; ++i) {
            people_.push_back(replica_.new_id());
            add("person", {people_.back()},
                {{"family_name", "Family" + std::to_string(below(20'000))},
                 {"given_name", "Given" + std::to_string(below(500))},
                 {"birth_date", std::to_string(1955 + below(45))},
                 {"gender", 1 + below(2)},
                 {"category", 1 + below(9)},
                 {"institution", offices_[static_cast<std::size_t>(below(institutions))]},
                 {"position", "Prosecutor"},
                 {"email", "person" + std::to_string(i) + "@justice.example"}},
                some_scope());
        }
    }
    void make_activities() {
        const std::int64_t activities = count_ * attendances_a_person / (people_an_activity * sessions_an_activity);
        for (std::int64_t a = 0; a < activities; ++a) {
            const std::string code = "A-" + std::to_string(10'000 + a);
            const std::int64_t month = 1 + below(12);
            const std::string day =
                std::to_string(2022 + below(4)) + (month < 10 ? "-0" : "-") + std::to_string(month) + "-1" + std::to_string(below(10));
            add("activity", {code},
                {{"kind", 1 + below(7)},
                 {"title", "Activity " + std::to_string(a)},
                 {"starts_on", day},
                 {"ends_on", day},
                 {"cost_cents", 100'000 + below(900'000)}},
                replica_.catalog().find_scope("regional")->number);
            for (std::int64_t s = 1; s <= sessions_an_activity; ++s) add("session", {code, s}, {{"half_days", 1}});
            for (std::int64_t p = 0; p < people_an_activity; ++p) {
                const std::int64_t person = people_[static_cast<std::size_t>((a * 37 + p * 211) % count_)];
                add("enrolment", {person, code}, {{"state", "completed"}, {"role", "participant"}});
                for (std::int64_t s = 1; s <= sessions_an_activity; ++s)
                    add("attendance", {person, code, s}, {{"status", below(20) == 0 ? "absent" : "present"}, {"how", "list"}});
            }
            if (a % 100 == 0) std::cerr << "\rMaking the register: " << 100 * a / activities << " %" << std::flush;
        }
        std::cerr << "\rMade the register.            \n";
    }

    Replica& replica_;
    std::int64_t count_;
    std::span<const Scope> scopes_;
    std::mt19937_64 random_{7};
    std::vector<Edit> edits_;
    std::vector<std::int64_t> offices_, people_;
};

}  // namespace

void make_register(Replica& replica, std::int64_t people, std::span<const Scope> scopes) { Maker(replica, people, scopes).make(); }

}  // namespace tefter::bench
