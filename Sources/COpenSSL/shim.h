#pragma once
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// What OpenSSL has only as macros, which Swift cannot see: one typed door each.
static inline int tls_context_set_minimum(SSL_CTX *c, int version) { return SSL_CTX_set_min_proto_version(c, version); }
static inline long tls_context_set_mode(SSL_CTX *c, long mode) { return SSL_CTX_set_mode(c, mode); }
static inline long tls_context_set_session_cache(SSL_CTX *c, long mode) { return SSL_CTX_set_session_cache_mode(c, mode); }
static inline int tls_context_add_chain(SSL_CTX *c, X509 *x) { return (int)SSL_CTX_add1_chain_cert(c, x); }
static inline int tls_context_set_groups(SSL_CTX *c, const char *list) { return (int)SSL_CTX_set1_groups_list(c, list); }
static inline long tls_memory_bytes(BIO *b, char **start) { return BIO_get_mem_data(b, start); }
static inline int tls_names_count(const GENERAL_NAMES *n) { return sk_GENERAL_NAME_num(n); }
static inline const GENERAL_NAME *tls_name_at(const GENERAL_NAMES *n, int i) { return sk_GENERAL_NAME_value(n, i); }
static inline void tls_names_free(GENERAL_NAMES *n) { sk_GENERAL_NAME_pop_free(n, GENERAL_NAME_free); }
/// GEN_DNS, GEN_IPADD or another kind; the bytes are the name's own.
static inline int tls_name_bytes(const GENERAL_NAME *n, const unsigned char **bytes, int *count) {
  int kind = 0;
  ASN1_STRING *value = (ASN1_STRING *)GENERAL_NAME_get0_value(n, &kind);
  if (kind != GEN_DNS && kind != GEN_IPADD) return kind;
  *bytes = ASN1_STRING_get0_data(value);
  *count = ASN1_STRING_length(value);
  return kind;
}
// Options are 64 bits wide and written with a macro of a macro.
static const uint64_t SSL_OP_NO_RENEGOTIATION_ = SSL_OP_NO_RENEGOTIATION;
static const uint64_t SSL_OP_NO_COMPRESSION_ = SSL_OP_NO_COMPRESSION;
static const uint64_t SSL_OP_CIPHER_SERVER_PREFERENCE_ = SSL_OP_CIPHER_SERVER_PREFERENCE;
static const uint64_t SSL_OP_PRIORITIZE_CHACHA_ = SSL_OP_PRIORITIZE_CHACHA;
static const unsigned long tls_name_style = XN_FLAG_RFC2253;
