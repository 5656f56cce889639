#pragma once
// Every bound in one place, each with its why. Checked before memory is asked for.

#include <cstddef>
#include <cstdint>

namespace tefter::limits {

/// A segment's body before compression: what a small phone can hold beside its replica.
inline constexpr std::size_t segment_raw_bytes = 16U << 20U;
/// A segment as it travels. Seals are made far below; this is what a reader takes from a stranger.
inline constexpr std::size_t segment_bytes = 8U << 20U;
/// Where a sealer stops adding changesets: large enough to compress well (a thousand check-ins), small enough to get through a
/// line at 30 kbit/s that is cut every twenty seconds.
inline constexpr std::size_t segment_seal_raw_bytes = 64U << 10U;
inline constexpr std::size_t segment_seal_changes = 4000;
/// One changeset: an import of a large sheet is one action, and must still fit a segment.
inline constexpr std::size_t changeset_raw_bytes = 12U << 20U;
/// Changes and cells of one segment: null cells take no bytes on the wire, so their number is bounded by itself.
inline constexpr std::size_t segment_changes = 65'536;
inline constexpr std::size_t segment_cells = 1U << 21U;
/// A text or blob in a cell. Larger things are attachments.
inline constexpr std::size_t cell_bytes = 1U << 20U;
/// A file that a row refers to: a scanned list of attendance, a draft of a law.
inline constexpr std::size_t file_bytes = 32U << 20U;
/// What one request carries of a file: gets through a line at 30 kbit/s that is cut every twenty seconds.
inline constexpr std::size_t file_piece_bytes = 32U << 10U;
/// For so long a file stays that no row names any more: as long as an office may be away that has not heard of the deletion, and
/// whose own change of that row calls it back.
inline constexpr std::int64_t unnamed_file_ms = std::int64_t{180} * 24 * 3600 * 1000;
inline constexpr std::uint64_t compacted_segments = 1000;                               // in one transaction
inline constexpr std::int64_t server_silence_ms = std::int64_t{30} * 24 * 3600 * 1000;  // then a server of a set holds no compaction back
/// Columns of a key, groups of a change, columns of a group.
inline constexpr std::size_t key_columns = 3;
inline constexpr std::size_t change_groups = 63;
inline constexpr std::size_t group_columns = 64;
/// Leaves that one write may replace: more writers at once in one cell than any office has.
inline constexpr std::size_t change_seen = 4096;
/// A segment from further in the future than this is held until its time comes.
inline constexpr std::int64_t future_ms = 5 * 60 * 1000;

}  // namespace tefter::limits
