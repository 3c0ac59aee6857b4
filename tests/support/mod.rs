//! What many tests need: expected output as files, the corpora of others, the real tools, and judges that ask those tools about
//! emitted files.

pub mod alertmanager;
pub mod base64;
pub mod built;
pub mod corpus;
pub mod http;
pub mod judges;
pub mod markdown;
pub mod model;
pub mod random;
pub mod run;
pub mod schema;
pub mod skip;
pub mod snapshot;
pub mod tools;
pub mod yaml;
