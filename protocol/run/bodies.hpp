#pragma once

#include "protocol/record/change.hpp"
#include "protocol/run/columns.hpp"
#include "protocol/run/model.hpp"

/// Change bodies as columns: the shape of a change (which operations on which fields, what kinds of values) is sent once, then by number;
/// the values go to the columns of their fields.
namespace ward::run {

/// The change that `plain` is, when encoding it again gives the same bytes. Otherwise it travels verbatim, as every body of a later version
/// does, and one that refers to so many changes that columns would not shorten it.
[[nodiscard]] std::optional<record::Change> parse_exactly(BytesView plain, const Position& own);

/// `expected` = the heads that the receiver expects this change to name.
void put_change(ColumnWriter& to, Model& model, const record::Change& change, const Position& own, const std::vector<Position>& expected);
/// P, with its padding. Fails through `from`; never builds more than a body may hold.
[[nodiscard]] Bytes read_change(ColumnReader& from, Model& model, const Position& own, const std::vector<Position>& expected);

void put_origin(ColumnWriter& to, Model& model, const Origin& origin);
[[nodiscard]] Origin read_origin(ColumnReader& from, Model& model);
void put_position(ColumnWriter& to, Model& model, const Position& position, const Position& own);
[[nodiscard]] Position read_position(ColumnReader& from, Model& model, const Position& own);

}  // namespace ward::run
