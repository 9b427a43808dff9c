#pragma once

#include "runtime/doorkeeper.hpp"
#include "runtime/http.hpp"

#include <span>

/// A program's page: its files, as they were built into the program, and how a browser logs in to it.
namespace ward::runtime {

struct PageFile {
  std::string_view name;  ///< `index.html`, or what follows `/assets/`
  std::string_view gzip;
  std::string_view type;  ///< media type
};

/// `GET /` and `GET /assets/{name}`, for anyone: they hold nothing of anybody. `files` outlive the router; one is `index.html`.
void add_page_files(Router& router, std::span<const PageFile> files);

enum class PageEvent { code_made, opened, refused, closed, all_closed };
/// Hears of each; `account`: who it was, where that is known.
using PageWatch = std::function<void(PageEvent event, const std::string& account)>;

/// `POST /v1/page-codes`, `/v1/session` and `DELETE /v1/sessions`. `program` is what a person types to have a code made. The doorkeeper
/// outlives the router.
void add_session_routes(Router& router, Doorkeeper& doorkeeper, const char* program, PageWatch watch = {});

}  // namespace ward::runtime
