// Opening, enrolling and writing.

#include "engine/capi/handles.hpp"

using namespace tefter;
using capi::guarded;

const char* tefter_version(void) { return TEFTER_VERSION; }

tefter_status tefter_new(const char* folder, const char* catalog, size_t catalog_bytes, tefter_replica** out) {
    if (out == nullptr || folder == nullptr || catalog == nullptr) return TEFTER_USAGE;
    *out = nullptr;
    try {
        *out = new tefter_replica(folder);
    } catch (...) {
        return TEFTER_INTERNAL;
    }
    return guarded(*out, [&] {
        (*out)->catalog = Catalog::parse({catalog, catalog_bytes}, "the catalog");
        return TEFTER_OK;
    });
}

void tefter_free(tefter_replica* replica) { delete replica; }
const char* tefter_message(const tefter_replica* replica) { return replica == nullptr ? "" : replica->message.c_str(); }

int32_t tefter_is_enrolled(const tefter_replica* replica) {
    bool enrolled = false;
    guarded(replica, [&] {
        enrolled = replica->home.has_replica();
        return TEFTER_OK;
    });
    return enrolled ? 1 : 0;
}

tefter_status tefter_enrol(tefter_replica* replica, const char* code, const char* passphrase) {
    return guarded(replica, [&] {
        if (code == nullptr || passphrase == nullptr) return TEFTER_USAGE;
        replica->opened(replica->home.enrol(code, passphrase, replica->known_catalog(), system_environment()));
        return TEFTER_OK;
    });
}

tefter_status tefter_open(tefter_replica* replica, const char* passphrase) {
    return guarded(replica, [&] {
        if (passphrase == nullptr) return TEFTER_USAGE;
        if (replica->replica) throw Error(ErrorKind::usage, "The replica is open already.");
        replica->opened(replica->home.open(passphrase, replica->known_catalog(), system_environment(), Opening::to_sync));
        return TEFTER_OK;
    });
}

void tefter_close(tefter_replica* replica) {
    if (replica != nullptr) replica->close();
}

void tefter_on_commit(tefter_replica* replica, tefter_commit_callback callback, void* context) {
    if (replica == nullptr) return;
    replica->on_commit = callback;
    replica->on_commit_context = context;
}

uint32_t tefter_device(const tefter_replica* replica) {
    return replica == nullptr || !replica->replica ? 0 : replica->replica->identity().device.value;
}

tefter_status tefter_unsent(tefter_replica* replica, uint64_t* count) {
    return guarded(replica, [&] {
        *count = replica->open().unsent_changesets();
        return TEFTER_OK;
    });
}

tefter_status tefter_new_id(tefter_replica* replica, int64_t* id) {
    return guarded(replica, [&] {
        *id = replica->writable().new_id();
        return TEFTER_OK;
    });
}

tefter_status tefter_edits_new(tefter_replica* replica, tefter_edits** out) {
    return guarded(replica, [&] {
        *out = new tefter_edits{replica};
        return TEFTER_OK;
    });
}

void tefter_edits_free(tefter_edits* edits) { delete edits; }

namespace {

/// Building never fails on its own: what goes wrong is told by tefter_write.
template <class Body>
void building(tefter_edits* edits, Body body) noexcept {
    if (edits == nullptr) return;
    try {
        body();
    } catch (...) {
        edits->out_of_memory = true;
    }
}

template <class Body>
void in_last(tefter_edits* edits, Body body) noexcept {
    building(edits, [&] {
        if (!edits->edits.empty()) return body(edits->edits.back());
        edits->problem = "A key or a value came before the edit that it belongs to; begin it with tefter_edits_put.";
    });
}

void begin(tefter_edits* edits, EditKind kind, const char* table, const char* scope = nullptr) {
    building(edits, [&] {
        Edit edit;
        edit.kind = kind;
        edit.table = table == nullptr ? "" : table;
        if (scope != nullptr) {
            const Scope* found = edits->owner->known_catalog().find_scope(scope);
            if (found != nullptr) edit.scope = found->number;
            else edits->problem = "There is no scope \"" + std::string(scope) + "\".";
        }
        edits->edits.push_back(std::move(edit));
    });
}

void set(tefter_edits* edits, const char* column, OwnedValue value) {
    in_last(edits, [&](Edit& edit) { edit.values.emplace_back(column == nullptr ? "" : column, std::move(value)); });
}

}  // namespace

void tefter_edits_put(tefter_edits* edits, const char* table, const char* scope) { begin(edits, EditKind::put, table, scope); }
void tefter_edits_delete(tefter_edits* edits, const char* table) { begin(edits, EditKind::remove, table); }
void tefter_edits_erase(tefter_edits* edits, const char* table) { begin(edits, EditKind::erase, table); }

void tefter_edits_key_integer(tefter_edits* edits, int64_t value) {
    in_last(edits, [&](Edit& edit) { edit.key.emplace_back(std::int64_t{value}); });
}
void tefter_edits_key_text(tefter_edits* edits, const char* value) {
    in_last(edits, [&](Edit& edit) { edit.key.emplace_back(value == nullptr ? "" : value); });
}

void tefter_edits_null(tefter_edits* edits, const char* column) { set(edits, column, {}); }
void tefter_edits_integer(tefter_edits* edits, const char* column, int64_t value) { set(edits, column, std::int64_t{value}); }
void tefter_edits_real(tefter_edits* edits, const char* column, double value) { set(edits, column, value); }
void tefter_edits_text(tefter_edits* edits, const char* column, const char* value) {
    if (value == nullptr) return set(edits, column, {});
    building(edits, [&] { set(edits, column, std::string(value)); });
}
void tefter_edits_blob(tefter_edits* edits, const char* column, const void* bytes, size_t size) {
    building(edits, [&] {
        const auto* first = static_cast<const std::uint8_t*>(bytes);
        set(edits, column, Bytes(first, first + size));
    });
}

void tefter_edits_seen(tefter_edits* edits, int64_t version) {
    in_last(edits, [&](Edit& edit) {
        if (!edit.seen) edit.seen.emplace();
        edit.seen->push_back(Version{version});
    });
}

tefter_status tefter_write(tefter_replica* replica, tefter_edits* edits, int64_t actor, int64_t* version) {
    return guarded(replica, [&] {
        if (edits == nullptr || edits->owner != replica) throw Error(ErrorKind::usage, "These are not edits of this replica.");
        if (edits->out_of_memory) throw std::bad_alloc();
        if (!edits->problem.empty()) throw Error(ErrorKind::usage, edits->problem);
        const Written written = replica->writable().write(actor, edits->edits);
        edits->edits.clear();
        if (version != nullptr) *version = written.version.value;
        return TEFTER_OK;
    });
}
