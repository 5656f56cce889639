#include "kiosk/model/officers.hpp"

#include <sodium.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/file.hpp"
#include "kiosk/model/pins.hpp"
#include "schema/domain/passphrase.hpp"

namespace tefter::kiosk {

namespace {

constexpr std::int64_t first_wait_ms = 2000, longest_wait_ms = 60'000;

/// What a form asks for, by value: the form itself may be gone when the work is done.
struct Request {
    OfficersModel::Form form;
    std::string owner, name, own, fresh;
};

/// Returns the hash of a PIN, where one is given.
std::string carry_out(const Request& request, const std::string& key_file) {
    const LockedKey key = open_slot(key_file, request.owner, request.own);
    KeyFile slots = KeyFile::load(key_file);
    switch (request.form) {
        case OfficersModel::Form::add: slots.lock(request.name, request.fresh, key); break;
        case OfficersModel::Form::change: slots.lock(request.owner, request.fresh, key); break;
        case OfficersModel::Form::remove: slots.remove(request.name); break;
        case OfficersModel::Form::pin: return hash_of_pin(request.fresh);
        case OfficersModel::Form::none: return {};
    }
    slots.save(key_file);
    return {};
}

}  // namespace

void wipe_text(std::string& text) {
    sodium_memzero(text.data(), text.size());
    text.clear();
}

Patience::Patience(std::string file, int free_tries) : file_(std::move(file)), free_tries_(free_tries) {
    std::ifstream in(file_);
    const nlohmann::json read = nlohmann::json::parse(in, nullptr, false);
    if (!read.is_object()) return;
    wrong_ = std::max(0, read.value("wrong", 0));
    wait_until_ms_ = read.value("wait_until_ms", std::int64_t{0});
}

void Patience::begin(std::int64_t now_ms) {
    ++wrong_;
    const int doublings = std::clamp(wrong_ - free_tries_, 0, 10);
    wait_until_ms_ = wrong_ < free_tries_ ? 0 : now_ms + std::min(longest_wait_ms, first_wait_ms << doublings);
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

void OfficersModel::save(Worker& keys, const std::string& key_file, const std::string& me, Patience& patience, Pins& pins,
                         std::int64_t now_ms) {
    if (outcome == Outcome::busy || form == Form::none || now_ms < patience.wait_until_ms()) return;
    const bool needs_new = form != Form::remove;
    const auto refused = [&](Outcome why) { outcome = why; };
    while (!name.empty() && name.back() == ' ') name.pop_back();
    if (form == Form::add && name.empty()) return refused(Outcome::nameless);
    if (form == Form::add && std::find(names.begin(), names.end(), name) != names.end()) return refused(Outcome::taken);
    if (form == Form::pin && !is_pin(fresh)) return refused(Outcome::no_pin);
    if (needs_new && form != Form::pin) {
        const PassphraseFault fault = fault_of(fresh, least_on_devices, {holder(me)});
        if (fault == PassphraseFault::easy) return refused(Outcome::easy);
        if (fault != PassphraseFault::none) return refused(Outcome::short_one);
    }
    if (needs_new && fresh != again) return refused(Outcome::differ);
    try {
        patience.begin(now_ms);
    } catch (const Error& error) {
        problem = error.what();
        return refused(Outcome::failed);
    }
    outcome = Outcome::busy;
    keys.post([this, &patience, &pins, key_file, request = Request{form, owner(me), name, own, fresh}]() mutable -> Shown {
        Outcome result = Outcome::done;
        std::string sentence, pin;
        try {
            pin = carry_out(request, key_file);
        } catch (const Error& error) {
            result = error.kind() == ErrorKind::wrong_key ? Outcome::wrong : Outcome::failed;
            sentence = error.what();
        } catch (const std::exception& error) {
            result = Outcome::failed;
            sentence = error.what();
        }
        for (std::string* secret : {&request.own, &request.fresh}) wipe_text(*secret);
        return [this, &patience, &pins, key_file, which = request.form, whom = request.name, pin, result, sentence] {
            if (result != Outcome::wrong) patience.forget();
            if (result == Outcome::done) {
                if (which == Form::pin) pins.keep(whom, pin);
                if (which == Form::remove) pins.forget(whom);
                begin(Form::none);
                load(key_file);
            }
            outcome = result;
            problem = sentence;
        };
    });
}

}  // namespace tefter::kiosk
