#pragma once
// SQLite's memory, wiped when it is given back: pages that were decrypted, values, keys. What SQLCipher does for itself
// (cipher_memory_security) also locks every block, which makes large work several times slower.

namespace tefter {

/// Before the first use of SQLite in the process; harmless and without effect afterwards.
void wipe_freed_memory();

}  // namespace tefter
