#include "asked.h"

#include <fmt/format.h>
#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <thread>

namespace tuneval::test {
namespace {

using KeyPair = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

/// Signed by itself: nobody vouches for it.
Certificate certify(const KeyPair& key) {
  Certificate certificate(X509_new(), &X509_free);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  const std::string host = "localhost";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(host.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  return certificate;
}

using Tls = TeacherTest;

TEST_F(Tls, ACertificateThatNobodyVouchesForIsRefusedAndTheKeyNotSent) {
  const KeyPair key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const Certificate certificate = certify(key);
  httplib::SSLServer server(certificate.get(), key.get());
  ASSERT_TRUE(server.is_valid());
  std::atomic<int> asked = 0;
  server.Post(".*", [&](const httplib::Request&, httplib::Response&) { ++asked; });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread thread([&] { server.listen_after_bind(); });
  while (!server.is_running()) std::this_thread::yield();
  TeacherOptions options;
  options.base_url = fmt::format("https://localhost:{}/v1", port);
  options.model = "wise";
  const std::string message =
      message_of<TeacherError>([&] { teacher(options)->ask(request("hello")); });
  EXPECT_THAT(message, testing::HasSubstr("certificate"));
  server.stop();
  thread.join();
  EXPECT_EQ(asked, 0);
}

}  // namespace
}  // namespace tuneval::test
