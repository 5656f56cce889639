// Invented people and their check-ins, and the same rows as CSV and in a plain table.

#include <array>
#include <cstdio>
#include <fstream>
#include <random>

#include "tools/benchmarks/stage.hpp"

namespace tefter::bench {

namespace {

constexpr std::int64_t first_day_ms = 1'770'000'000'000;
constexpr std::int64_t id_of(std::int64_t device, std::size_t number) {
    return device << row_counter_bits | static_cast<std::int64_t>(number + 1);
}

constexpr std::array families{"Hoxha",   "Gjoni",    "Kovačević",  "Petrović", "Jovanović",  "Hadžić",   "Begić",     "Krasniqi",
                              "Berisha", "Gashi",    "Dervishi",   "Marku",    "Prifti",     "Popović",  "Vuković",   "Radulović",
                              "Nikolić", "Đorđević", "Stojanović", "Ilić",     "Trajkovski", "Dimovski", "Ristevska", "Markovska",
                              "Delić",   "Mujić",    "Šukalović",  "Zeneli",   "Shala",      "Morina",   "Kelmendi",  "Lekić",
                              "Perović", "Babić",    "Tomić",      "Leka"};
constexpr std::array given{"Arta",  "Ilir",   "Ana",    "Marko",  "Jelena", "Zoran",  "Amra",  "Emir",  "Besa",
                           "Agim",  "Vesna",  "Nikola", "Teuta",  "Dino",   "Milica", "Goran", "Elira", "Petar",
                           "Lejla", "Fatmir", "Ivana",  "Stefan", "Drita",  "Haris",  "Sanja", "Luan"};
constexpr std::array institution_names{
    "Basic Prosecution Office, Skopje", "Special Prosecution Office, Podgorica", "District Court, Durrës",
    "Ministry of Justice, Tirana",      "Police Directorate, Podgorica",         "Federal Police, Sarajevo",
    "High Prosecution Office, Beograd", "Basic Prosecution Office, Prishtina",   "Judicial Academy, Skopje",
    "State Prosecutor, Sarajevo",       "Police Academy, Danilovgrad",           "Ministry of Interior, Beograd"};
constexpr std::array positions{"prosecutor",       "deputy prosecutor", "judge",   "inspector",
                               "senior inspector", "legal associate",   "adviser", "head of department"};

std::string digits(std::int64_t value, int width) {
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), "%0*lld", width, static_cast<long long>(value));
    return text.data();
}

}  // namespace

std::vector<CheckIn> make_check_ins(std::size_t count) {
    constexpr std::size_t people = 25, half_days = 4;
    std::mt19937_64 chance(7);
    std::vector<CheckIn> rows(count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t training = i / (people * half_days);
        const std::size_t half_day = i / people % half_days;
        CheckIn& row = rows[i];
        row.person = id_of(2, training * people + i % people);
        row.activity = "TR-" + digits(static_cast<std::int64_t>(training), 5);
        row.session = static_cast<std::int64_t>(half_day + 1);
        row.status = chance() % 12 == 0 ? 3 : 4;
        row.marked_at =
            first_day_ms + static_cast<std::int64_t>(training * 86'400'000 + half_day * 14'400'000 + i % people * 9'000 + chance() % 8'000);
        row.how = 1;
        row.recorded_by = id_of(1, training % 7);
    }
    return rows;
}

std::vector<Person> make_people(std::size_t count) {
    std::mt19937_64 chance(11);
    std::vector<Person> rows(count);
    for (std::size_t i = 0; i < count; ++i) {
        Person& row = rows[i];
        row.id = id_of(3, i);
        row.family = families[chance() % families.size()];
        row.given = given[chance() % given.size()];
        row.birth_date = digits(static_cast<std::int64_t>(1960 + chance() % 42), 4) + "-" +
                         digits(static_cast<std::int64_t>(1 + chance() % 12), 2) + "-" +
                         digits(static_cast<std::int64_t>(1 + chance() % 28), 2);
        row.institution = institution_names[chance() % institution_names.size()];
        row.position = positions[chance() % positions.size()];
        row.email = row.given + "." + row.family + "@example.org";
        row.telephone = "+355 6" + digits(static_cast<std::int64_t>(chance() % 100'000'000), 8);
        row.gender = static_cast<std::int64_t>(1 + chance() % 2);
        row.category = static_cast<std::int64_t>(1 + chance() % 6);
    }
    return rows;
}

std::string csv(const std::vector<CheckIn>& rows) {
    std::string out = "person,activity,session_number,status,marked_at,how,recorded_by\n";
    for (const CheckIn& row : rows) {
        out += std::to_string(row.person) + "," + row.activity + "," + std::to_string(row.session) + "," + std::to_string(row.status) +
               "," + std::to_string(row.marked_at) + "," + std::to_string(row.how) + "," + std::to_string(row.recorded_by) + "\n";
    }
    return out;
}

std::string csv(const std::vector<Person>& rows) {
    std::string out = "id,family_name,given_name,birth_date,gender,institution_text,category,position,email,telephone\n";
    for (const Person& row : rows) {
        out += std::to_string(row.id) + "," + row.family + "," + row.given + "," + row.birth_date + "," + std::to_string(row.gender) +
               ",\"" + row.institution + "\"," + std::to_string(row.category) + "," + row.position + "," + row.email + "," + row.telephone +
               "\n";
    }
    return out;
}

std::size_t gzip_bytes(const std::string& text, const Folder& folder) {
    const std::string path = folder.file("rows.csv");
    std::ofstream(path, std::ios::binary) << text;
    FILE* pipe = ::popen(("gzip -9 -c '" + path + "' | wc -c").c_str(), "r");
    ensure(pipe != nullptr, "gzip can be started");
    unsigned long long size = 0;
    const int found = std::fscanf(pipe, "%llu", &size);
    ::pclose(pipe);
    ensure(found == 1 && size > 20, "gzip says how large its output is");
    return size;
}

void create_plain_check_ins(Database& database, Indexed indexed) {
    database.execute(
        "CREATE TABLE attendance (person, activity, session_number INTEGER NOT NULL, status INTEGER, marked_at INTEGER, how INTEGER, "
        "recorded_by, PRIMARY KEY (person, activity, session_number)) WITHOUT ROWID");
    if (indexed == Indexed::as_declared) database.execute("CREATE INDEX of_session ON attendance (activity, session_number)");
}

void create_plain_people(Database& database) {
    database.execute(
        "CREATE TABLE person (id INTEGER PRIMARY KEY, family_name TEXT, given_name TEXT, birth_date TEXT, gender INTEGER, "
        "institution_text TEXT, category INTEGER, position TEXT, email TEXT, telephone TEXT)");
}

namespace {

template <class Row, class Bind>
void run_plain(Database& database, const char* sql, const std::vector<Row>& rows, std::size_t committed, const Bind& bind) {
    Statement statement = database.prepare(sql);
    for (std::size_t at = 0; at < rows.size(); at += committed) {
        Transaction transaction(database);
        for (std::size_t i = at; i < std::min(rows.size(), at + committed); ++i) {
            bind(statement, rows[i]);
            statement.run();
            statement.reset();
        }
        transaction.commit();
    }
}

}  // namespace

void insert_plain(Database& database, const std::vector<CheckIn>& rows, std::size_t committed) {
    run_plain(
        database,
        "INSERT INTO attendance (person, activity, session_number, status, marked_at, how, recorded_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        rows, committed, [](Statement& to, const CheckIn& row) {
            to.with(row.person, std::string_view(row.activity), row.session, row.status, row.marked_at, row.how, row.recorded_by);
        });
}

void insert_plain(Database& database, const std::vector<Person>& rows, std::size_t committed) {
    run_plain(
        database,
        "INSERT INTO person (id, family_name, given_name, birth_date, gender, institution_text, category, position, email, telephone) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        rows, committed, [](Statement& to, const Person& row) {
            to.with(row.id, std::string_view(row.family), std::string_view(row.given), std::string_view(row.birth_date), row.gender,
                    std::string_view(row.institution), row.category, std::string_view(row.position), std::string_view(row.email),
                    std::string_view(row.telephone));
        });
}

void update_plain(Database& database, const std::vector<Person>& rows, std::size_t committed) {
    run_plain(database, "UPDATE person SET email = ?2, telephone = ?3 WHERE id = ?1", rows, committed,
              [](Statement& to, const Person& row) { to.with(row.id, std::string_view(row.telephone), std::string_view(row.email)); });
}

}  // namespace tefter::bench
