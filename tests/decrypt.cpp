// tefter-decrypt KEYS PASSPHRASE-FILE FILE…: writes the decrypted pages of database files to standard output; for tests
// that look for what must not be there.

#include <fstream>
#include <iostream>

#include "engine/keys/key_file.hpp"
#include "tests/pages.hpp"

int main(int argc, char** argv) {
    if (argc < 4) return 2;
    std::string passphrase;
    std::ifstream in(argv[2]);
    std::getline(in, passphrase);
    const tefter::LockedKey key = tefter::KeyFile::load(argv[1]).open(passphrase);
    for (int i = 3; i < argc; ++i) std::cout << tefter::test::decrypted(argv[i], key);
    return 0;
}
