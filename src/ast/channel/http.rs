//! The HTTP client settings that most receivers share: Alertmanager's `http_config` and `tls_config`.

use super::field::{Receiver, block, boolean, map, ordered, required, secret, text, text_or_secret, texts};

/// `http_config`.
pub static HTTP: Receiver = Receiver::new(
    "http",
    "How the receiver's HTTP client connects; see Alertmanager's `http_config`.",
    (0, 15),
    &[
        block("basic-auth", &BASIC_AUTH, (0, 16)),
        block("authorization", &AUTHORIZATION, (0, 22)),
        block("oauth2", &OAUTH2, (0, 22)),
        block("tls", &TLS, (0, 16)),
        boolean("follow-redirects", (0, 22)),
        boolean("enable-http2", (0, 25)),
        text("proxy-url", (0, 15)),
        text("no-proxy", (0, 26)),
        boolean("proxy-from-environment", (0, 26)),
        ordered("http-header", "http-headers", &HEADER, (0, 28)),
    ],
);

/// One header with one value, an entry of `http_headers`. A name that is repeated has several values.
pub static HEADER: Receiver = Receiver::new(
    "http-header",
    "A header that is sent with every request. A secret in it is read from a file.",
    (0, 28),
    &[
        required(text("name", (0, 28)), "The header's name. Those that the client sets itself are not taken."),
        required(text_or_secret("value", (0, 28), (0, 28)), "Its value: text, or a reference to a secret."),
    ],
);

/// `tls_config`.
pub static TLS: Receiver = Receiver::new(
    "tls",
    "How TLS connections are checked and what they present; see Alertmanager's `tls_config`.",
    (0, 16),
    &[
        secret("ca", (0, 16), (0, 16)),
        secret("cert", (0, 16), (0, 16)),
        secret("key", (0, 16), (0, 16)),
        text("server-name", (0, 16)),
        boolean("insecure-skip-verify", (0, 16)),
        text("min-version", (0, 25)),
        text("max-version", (0, 25)),
    ],
);

static BASIC_AUTH: Receiver = Receiver::new(
    "basic-auth",
    "A user name and the secret that holds the password.",
    (0, 16),
    &[text("username", (0, 16)), secret("password", (0, 16), (0, 16))],
);

static AUTHORIZATION: Receiver = Receiver::new(
    "authorization",
    "An `Authorization` header from a secret; its type is `Bearer` unless it says otherwise.",
    (0, 22),
    &[text("type", (0, 22)), secret("credentials", (0, 22), (0, 22))],
);

static OAUTH2: Receiver = Receiver::new(
    "oauth2",
    "An OAuth 2.0 client that fetches its token; see Alertmanager's `oauth2`.",
    (0, 22),
    &[
        text("client-id", (0, 22)),
        secret("client-secret", (0, 22), (0, 22)),
        text("token-url", (0, 22)),
        texts("scopes", (0, 22)),
        map("endpoint-params", (0, 22)),
        block("tls", &TLS, (0, 24)),
    ],
);
