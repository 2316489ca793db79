#include "framework/teacher/http.h"

#include "framework/manifest/teacher_section.h"
#include "tuneval/abi_tag.h"
#include "tuneval/error.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <new>
#include <string_view>
#include <utility>

namespace tuneval {
namespace {

/// Once a process, before any thread uses libcurl.
void start_libcurl() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) {
    throw TeacherError(fmt::format("libcurl does not start: {}", curl_easy_strerror(code)));
  }
}

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
  // In brackets: the function, not the macro that checks constant options alone.
  const CURLcode code = (curl_easy_setopt)(handle, option, value);
  if (code != CURLE_OK) {
    throw TeacherError(fmt::format("libcurl refuses its option {}: {}", static_cast<int>(option),
                                   curl_easy_strerror(code)));
  }
}

template <class Value>
Value info(CURL* handle, CURLINFO which) {
  Value value{};
  return (curl_easy_getinfo)(handle, which, &value) == CURLE_OK ? value : Value{};
}

long milliseconds(double seconds) { return std::max(1L, std::lround(seconds * 1000.0)); }

/// Keeps SIGPIPE from this thread: TLS writes to a connection that the server has closed would end
/// the process, and libcurl leaves that to programs with several threads.
class WithoutSigpipe {
 public:
  WithoutSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;
  ~WithoutSigpipe() {
    const timespec at_once{};
    if (sigismember(&before_, SIGPIPE) == 0) {
      while (sigtimedwait(&pipe_, nullptr, &at_once) > 0) continue;
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_{}, before_{};
};

struct UrlCloser {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlCloser>;

std::string part_of(const Url& url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url.get(), which, &text, 0) != CURLUE_OK) return {};
  std::string part = text;
  curl_free(text);
  return part;
}

Url parse_url(const std::string& text) {
  Url url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return nullptr;
  return url;
}

/// No proxy can reach what is this machine to us.
bool is_this_machine(const std::string& url) {
  const Url parsed = parse_url(url);
  const std::string host = parsed ? part_of(parsed, CURLUPART_HOST) : std::string();
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

struct Answer {
  std::string body;
  bool too_large = false;
};

/// libcurl's write function. Nothing may be thrown through libcurl's own frames.
size_t keep_bytes(char* data, size_t size, size_t count, void* target) noexcept {
  auto& answer = *static_cast<Answer*>(target);
  const size_t bytes = size * count;
  if (answer.body.size() + bytes > kLargestAnswer) {
    answer.too_large = true;
    return 0;
  }
  try {
    answer.body.append(data, bytes);
  } catch (const std::bad_alloc&) {
    answer.too_large = true;
    return 0;
  }
  return bytes;
}

HttpFailure failure_of(CURL* handle, CURLcode code, const Answer& answer) {
  if (answer.too_large) return HttpFailure::too_large;
  switch (code) {
    case CURLE_OK: return HttpFailure::none;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return HttpFailure::no_host;
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR: return HttpFailure::not_connected;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_UNSUPPORTED_PROTOCOL:  // as by a libcurl without TLS
    case CURLE_SSL_ISSUER_ERROR: return HttpFailure::untrusted;
    case CURLE_OPERATION_TIMEDOUT:
      // Where nothing was sent, it was the connection that did not come about.
      return info<long>(handle, CURLINFO_REQUEST_SIZE) == 0 ? HttpFailure::not_connected
                                                            : HttpFailure::timed_out;
    default: return HttpFailure::broken_off;
  }
}

/// libcurl reads both forms of the header, but tells "0" and none alike.
std::optional<double> retry_after(CURL* handle) {
  curl_header* header = nullptr;
  if (curl_easy_header(handle, "Retry-After", 0, CURLH_HEADER, -1, &header) != CURLHE_OK) {
    return std::nullopt;
  }
  const auto seconds = info<curl_off_t>(handle, CURLINFO_RETRY_AFTER);
  if (seconds <= 0 && std::string_view(header->value) != "0") return std::nullopt;
  return static_cast<double>(seconds);
}

}  // namespace

std::string chat_url(const TeacherOptions& options) {
  const auto fail = [&](const std::string& fault) {
    throw TeacherError(fmt::format("{}{}the teacher's \"base_url\" {}", options.where,
                                   options.where.empty() ? "" : ": ", fault));
  };
  if (const auto fault = base_url_fault(options.base_url)) fail(*fault);
  if (!parse_url(options.base_url)) {
    fail(fmt::format("is \"{}\": expected an address such as \"https://host/v1\"",
                     options.base_url));
  }
  return without_end_slashes(options.base_url) + "/chat/completions";
}

struct Http::Connection {
  Connection() : handle(curl_easy_init()) {
    if (handle == nullptr) throw TeacherError("libcurl gives no handle");
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    const WithoutSigpipe guard;  // TLS says good-bye
    curl_easy_cleanup(handle);
    curl_slist_free_all(headers);
  }

  void add_header(const std::string& line) {
    curl_slist* longer = curl_slist_append(headers, line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    headers = longer;
  }

  CURL* handle;
  curl_slist* headers = nullptr;
  std::array<char, CURL_ERROR_SIZE> reason{};
};

Http::Http(const std::string& url, const TeacherOptions& options, const ApiKey& key) {
  start_libcurl();
  connection_ = std::make_shared<Connection>();
  CURL* handle = connection_->handle;
  set(handle, CURLOPT_ERRORBUFFER, connection_->reason.data());
  set(handle, CURLOPT_URL, url.c_str());
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_POST, 1L);
  set(handle, CURLOPT_NOSIGNAL, 1L);  // several threads
  set(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  set(handle, CURLOPT_FOLLOWLOCATION, 0L);  // the key is for this server alone
  set(handle, CURLOPT_ACCEPT_ENCODING, "");
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(options.connect_timeout));
  set(handle, CURLOPT_TIMEOUT_MS, milliseconds(options.timeout));
  set(handle, CURLOPT_USERAGENT, "tuneval/" TUNEVAL_VERSION);
  set(handle, CURLOPT_WRITEFUNCTION, &keep_bytes);
  if (is_this_machine(url)) set(handle, CURLOPT_PROXY, "");
  connection_->add_header("Content-Type: application/json");
  connection_->add_header("Accept: application/json");
  connection_->add_header("Expect:");  // no round of its own before a large body
  if (!key.empty()) connection_->add_header(key.header());
  set(handle, CURLOPT_HTTPHEADER, connection_->headers);
}

HttpReply Http::post(const std::string& body) {
  CURL* handle = connection_->handle;
  Answer answer;
  connection_->reason.fill('\0');
  set(handle, CURLOPT_POSTFIELDS, body.c_str());
  set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  set(handle, CURLOPT_WRITEDATA, &answer);
  const WithoutSigpipe guard;
  const CURLcode code = curl_easy_perform(handle);
  HttpReply reply;
  reply.failure = failure_of(handle, code, answer);
  if (reply.failure != HttpFailure::none) {
    const char* reason = connection_->reason.data();
    reply.reason = *reason != '\0' ? reason : curl_easy_strerror(code);
    if (answer.too_large) reply.reason = "the answer is larger than 64 MiB";
    return reply;
  }
  reply.status = info<long>(handle, CURLINFO_RESPONSE_CODE);
  reply.body = std::move(answer.body);
  reply.retry_after = retry_after(handle);
  const char* target = info<char*>(handle, CURLINFO_REDIRECT_URL);
  if (target != nullptr) reply.leads_to = target;
  return reply;
}

}  // namespace tuneval
