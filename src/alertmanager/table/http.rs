//! `http_config` and its parts: what most receivers share.

use super::rule::{at_most_one, check, one_of};
use super::{
    Table, any_map, block, boolean, map, proxy_url, secret, secret_lists, secrets, sections, text, texts, tls_version,
};
use crate::alertmanager::http;

/// How a receiver's HTTP client connects.
pub static HTTP_CONFIG: Table = Table {
    name: "http_config",
    fields: &[
        block("basic_auth", &BASIC_AUTH, (0, 16)),
        block("authorization", &AUTHORIZATION, (0, 22)),
        block("oauth2", &OAUTH2, (0, 22)),
        secret("bearer_token", (0, 16)),
        text("bearer_token_file", (0, 16)),
        block("tls_config", &TLS_CONFIG, (0, 16)),
        boolean("follow_redirects", (0, 22)),
        boolean("enable_http2", (0, 25)),
        sections("http_headers", &HEADER, (0, 28)),
        proxy_url("proxy_url", (0, 15)),
        text("no_proxy", (0, 26)),
        boolean("proxy_from_environment", (0, 26)),
        secret_lists("proxy_connect_header", (0, 25)),
    ],
    rules: &[
        at_most_one(&["bearer_token", "bearer_token_file"]),
        check(http::one_authentication),
        check(http::authorization_type),
        check(http::reserved_headers),
        check(http::proxy_connect_header).until((0, 26)),
        check(http::proxy).since((0, 26)),
    ],
};

/// A user and a password.
static BASIC_AUTH: Table = Table {
    name: "basic_auth",
    fields: &[
        text("username", (0, 16)),
        text("username_file", (0, 27)),
        text("username_ref", (0, 28)),
        secret("password", (0, 16)),
        text("password_file", (0, 16)),
        text("password_ref", (0, 28)),
    ],
    rules: &[
        at_most_one(&["username", "username_file", "username_ref"]),
        at_most_one(&["password", "password_file", "password_ref"]),
    ],
};

/// An `Authorization` header.
static AUTHORIZATION: Table = Table {
    name: "authorization",
    fields: &[
        text("type", (0, 22)),
        secret("credentials", (0, 22)),
        text("credentials_file", (0, 22)),
        text("credentials_ref", (0, 28)),
    ],
    rules: &[at_most_one(&["credentials", "credentials_file", "credentials_ref"])],
};

/// An OAuth 2.0 client.
static OAUTH2: Table = Table {
    name: "oauth2",
    fields: &[
        text("client_id", (0, 22)),
        secret("client_secret", (0, 22)),
        text("client_secret_file", (0, 22)),
        text("client_secret_ref", (0, 28)),
        text("client_certificate_key_id", (0, 30)),
        secret("client_certificate_key", (0, 30)),
        text("client_certificate_key_file", (0, 30)),
        text("client_certificate_key_ref", (0, 30)),
        text("grant_type", (0, 30)),
        text("signature_algorithm", (0, 30)),
        text("iss", (0, 30)),
        text("audience", (0, 30)),
        any_map("claims", (0, 30)),
        texts("scopes", (0, 22)),
        text("token_url", (0, 22)),
        map("endpoint_params", (0, 22)),
        block("tls_config", &TLS_CONFIG, (0, 24)),
        proxy_url("proxy_url", (0, 25)),
        text("no_proxy", (0, 26)),
        boolean("proxy_from_environment", (0, 26)),
        secret_lists("proxy_connect_header", (0, 26)),
    ],
    rules: &[
        one_of(&["client_id"]),
        one_of(&["token_url"]),
        one_of(&["client_secret", "client_secret_file"]).until((0, 28)),
        check(http::oauth2),
        check(http::proxy_connect_header).until((0, 26)),
        check(http::proxy).since((0, 26)),
    ],
};

/// How TLS connections are checked and what they present.
pub(super) static TLS_CONFIG: Table = Table {
    name: "tls_config",
    fields: &[
        text("ca", (0, 26)),
        text("cert", (0, 26)),
        secret("key", (0, 26)),
        text("ca_file", (0, 16)),
        text("cert_file", (0, 16)),
        text("key_file", (0, 16)),
        text("ca_ref", (0, 28)),
        text("cert_ref", (0, 28)),
        text("key_ref", (0, 28)),
        text("server_name", (0, 16)),
        boolean("insecure_skip_verify", (0, 16)),
        tls_version("min_version", (0, 25)),
        tls_version("max_version", (0, 25)),
    ],
    rules: &[
        at_most_one(&["ca", "ca_file", "ca_ref"]),
        at_most_one(&["cert", "cert_file", "cert_ref"]),
        at_most_one(&["key", "key_file", "key_ref"]),
        check(http::certificate_and_key),
    ],
};

/// The values of one header.
pub(super) static HEADER: Table = Table {
    name: "http_headers",
    fields: &[texts("values", (0, 28)), secrets("secrets", (0, 28)), texts("files", (0, 28))],
    rules: &[],
};
