#pragma once
// Smaller pages than the product's, and a quicker seal on each, for tests that open and commit some thousands of files: a quarter of the
// time goes into ciphers and seals of pages of which most is empty.

namespace tefter::testing {

/// Every encrypted file that is made or opened while this lives has pages of a kilobyte sealed by HMAC-SHA256. One at a time.
class SmallPages {
public:
    SmallPages();
    ~SmallPages();
    SmallPages(const SmallPages&) = delete;
    SmallPages& operator=(const SmallPages&) = delete;
};

}  // namespace tefter::testing
