#include "kiosk/model/officers.hpp"

#include <sodium.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/file.hpp"

namespace tefter::kiosk {

namespace {

constexpr int free_tries = 3;
constexpr std::int64_t first_wait_ms = 2000, longest_wait_ms = 60'000;

void wipe_text(std::string& text) {
    sodium_memzero(text.data(), text.size());
    text.clear();
}

/// What a form asks for, by value: the form itself may be gone when the work is done.
struct Request {
    OfficersModel::Form form;
    std::string me, name, own, fresh;
};

void carry_out(const Request& request, const std::string& key_file) {
    LockedKey key = open_slot(key_file, request.me, request.own);
    KeyFile slots = KeyFile::load(key_file);
    switch (request.form) {
        case OfficersModel::Form::add: slots.lock(request.name, request.fresh, key); break;
        case OfficersModel::Form::change: slots.lock(request.me, request.fresh, key); break;
        case OfficersModel::Form::remove: slots.remove(request.name); break;
        case OfficersModel::Form::none: return;
    }
    sodium_memzero(key.data(), key.size());
    slots.save(key_file);
}

}  // namespace

Patience::Patience(std::string file) : file_(std::move(file)) {
    std::ifstream in(file_);
    const nlohmann::json read = nlohmann::json::parse(in, nullptr, false);
    if (!read.is_object()) return;
    wrong_ = std::max(0, read.value("wrong", 0));
    wait_until_ms_ = read.value("wait_until_ms", std::int64_t{0});
}

void Patience::begin(std::int64_t now_ms) {
    ++wrong_;
    const int doublings = std::clamp(wrong_ - free_tries, 0, 10);
    wait_until_ms_ = wrong_ < free_tries ? 0 : now_ms + std::min(longest_wait_ms, first_wait_ms << doublings);
    NewFile file(file_);
    file.write(as_bytes(nlohmann::json{{"wrong", wrong_}, {"wait_until_ms", wait_until_ms_}}.dump()));
    file.commit();
}

void Patience::forget() {
    wrong_ = 0;
    wait_until_ms_ = 0;
    std::filesystem::remove(file_);
}

LockedKey open_slot(const std::string& key_file, const std::string& name, std::string_view passphrase) {
    KeyFile slots = KeyFile::load(key_file);
    for (const std::string& other : slots.names()) {
        if (other != name) slots.remove(other);
    }
    return slots.open(passphrase);
}

void OfficersModel::load(const std::string& key_file) { names = KeyFile::load(key_file).names(); }

void OfficersModel::wipe() {
    for (std::string* one : {&own, &fresh, &again}) wipe_text(*one);
}

void OfficersModel::begin(Form which, const std::string& whom) {
    wipe();
    form = which;
    outcome = Outcome::none;
    name = whom;
}

void OfficersModel::save(Worker& keys, const std::string& key_file, const std::string& me, Patience& patience, std::int64_t now_ms) {
    if (outcome == Outcome::busy || form == Form::none || now_ms < patience.wait_until_ms()) return;
    const bool needs_new = form != Form::remove;
    const auto refused = [&](Outcome why) { outcome = why; };
    while (!name.empty() && name.back() == ' ') name.pop_back();
    if (form == Form::add && name.empty()) return refused(Outcome::nameless);
    if (form == Form::add && std::find(names.begin(), names.end(), name) != names.end()) return refused(Outcome::taken);
    if (needs_new && fresh.size() < shortest_passphrase) return refused(Outcome::short_one);
    if (needs_new && fresh != again) return refused(Outcome::differ);
    try {
        patience.begin(now_ms);
    } catch (const Error& error) {
        problem = error.what();
        return refused(Outcome::failed);
    }
    outcome = Outcome::busy;
    keys.post([this, &patience, key_file, request = Request{form, me, name, own, fresh}]() mutable -> Shown {
        Outcome result = Outcome::done;
        std::string sentence;
        try {
            carry_out(request, key_file);
        } catch (const Error& error) {
            result = error.kind() == ErrorKind::wrong_key ? Outcome::wrong : Outcome::failed;
            sentence = error.what();
        } catch (const std::exception& error) {
            result = Outcome::failed;
            sentence = error.what();
        }
        for (std::string* secret : {&request.own, &request.fresh}) wipe_text(*secret);
        return [this, &patience, key_file, result, sentence] {
            if (result != Outcome::wrong) patience.forget();
            if (result == Outcome::done) {
                begin(Form::none);
                load(key_file);
            }
            outcome = result;
            problem = sentence;
        };
    });
}

}  // namespace tefter::kiosk
