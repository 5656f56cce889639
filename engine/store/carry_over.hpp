#pragma once
// A device that has forked (it was restored from a copy, or copied, and went on by itself), or that the server does not know any more
// (it was itself restored, from before this device enrolled), enrols again. What it wrote and the server does not have is made again
// there, as changes of the new enrolment: on the rows as they are now, with all that their author had seen, so that what others wrote
// meanwhile stands beside them as a conflict and nothing is overwritten.

#include <string>
#include <vector>

#include "engine/store/replica.hpp"

namespace tefter {

struct CarriedOver {
    std::size_t changes = 0;           ///< made again
    std::size_t segments = 0;          ///< which the server does not have: of others, and of this device where it has not forked
    std::size_t files = 0;             ///< that rows name
    std::vector<std::string> refused;  ///< a sentence for each change that the rules of now forbid
    std::vector<std::string> left;     ///< a sentence for each device of whom `from` has something else than the server: it stays there
};

/// Own changes in one transaction: all that can be made again are, or none. What an earlier call has carried over is not made again.
/// `from` keeps everything, and learns what its server has lost. Changes keep their actors and get versions of now. Throws
/// ErrorKind::usage where both are the same device, belong to two servers, or `to` has not been filled yet.
CarriedOver carry_over(Replica& from, Replica& to);

}  // namespace tefter
