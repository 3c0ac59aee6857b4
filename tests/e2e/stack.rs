//! The programs of the alert path, started with the files that a spec compiles to.
//!
//! What is emitted names absolute paths and the names of a cluster; here, and only in those words, they lead into a temporary
//! folder and to the loopback address.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use alertsmith::lower::forwarder;
use alertsmith::output::Rendered;
use alertsmith::pipeline;
use alertsmith::source::MemoryWorld;
use tempfile::TempDir;

use super::http;
use crate::support::run::run;
use crate::support::skip;
use crate::support::tools::{Generation, Tool, tool};

/// A program that ends with the test.
#[derive(Debug)]
pub struct Running {
    pub port: u16,
    child: Child,
}

impl Running {
    /// Ends it at once, as a node that fails would.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        // Asked to end, nginx also ends its workers; killed, it would leave them behind.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let deadline = Instant::now() + Duration::from_secs(5);
        while Instant::now() < deadline && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Files of a build, and a folder for the programs that read them.
#[derive(Debug)]
pub struct Stack {
    pub folder: TempDir,
    rendered: Rendered,
}

impl Stack {
    /// Compiles a spec; each secret gets its own name as its token, but for those given.
    pub fn compile(spec: &str, secrets: &[(&str, &str)]) -> Self {
        let (compilation, rendered) = pipeline::build(&MemoryWorld::default().with("alertsmith.kdl", spec));
        let rendered = rendered.unwrap_or_else(|| panic!("{:#?}", compilation.diagnostics));
        let folder = tempfile::tempdir().unwrap();
        for (name, value) in secrets {
            let own = folder.path().join("secrets").join(name);
            std::fs::create_dir_all(&own).unwrap();
            std::fs::write(own.join("value"), value).unwrap();
        }
        Self { folder, rendered }
    }

    pub fn text(&self, path: &str) -> String {
        let file = self.rendered.files.get(path).unwrap_or_else(|| panic!("{path} is not written"));
        String::from_utf8(file.bytes.clone()).unwrap()
    }

    fn at(&self, path: &str) -> String {
        self.folder.path().join(path).to_string_lossy().into_owned()
    }

    /// Starts nginx as the forwarder; nothing where there is no nginx.
    pub fn forwarder(&self, generation: Generation) -> Option<Running> {
        let nginx = tool("nginx", generation)?;
        for folder in ["run", "includes"] {
            std::fs::create_dir_all(self.folder.path().join(folder)).unwrap();
        }
        if self.rendered.files.contains_key("forwarder/alert-forwarder/10-secrets.sh") {
            let script = self.at(forwarder::SCRIPT);
            std::fs::write(&script, self.text("forwarder/alert-forwarder/10-secrets.sh")).unwrap();
            let mut command = Command::new("sh");
            command.arg(script).env("FORWARDER_SECRETS", self.at("secrets"));
            run(command.env("FORWARDER_INCLUDES", self.at("includes"))).expect("the script succeeds");
        }
        let text = self
            .text("forwarder/alert-forwarder/nginx.conf")
            .replace(&format!(" {}/", forwarder::RUN), &format!(" {}/", self.at("run")))
            .replace(&format!("{}/", forwarder::INCLUDES), &format!("{}/", self.at("includes")))
            .replace(&format!("{}/", forwarder::SECRETS), &format!("{}/", self.at("secrets")))
            .replace("/dev/stdout", &self.at("access.log"));
        Some(start("/healthz", &self.at("nginx.log"), |port| {
            let path = self.at("nginx.conf");
            std::fs::write(&path, text.replace("listen 8080;", &format!("listen 127.0.0.1:{port};"))).unwrap();
            let mut command = nginx.command();
            command.args(["-e", "stderr", "-p", &self.at(""), "-c", &path]);
            command
        }))
    }

    /// Starts an Alertmanager whose webhooks lead to the forwarder on that port; nothing where there is no Alertmanager.
    pub fn alertmanager(&self, forwarder: u16) -> Option<Running> {
        let alertmanager: Tool = tool("alertmanager", Generation::Newest)?;
        let text = self
            .text("alertmanager/main/alertmanager.yaml")
            .replace("alert-forwarder.monitoring.svc.cluster.local:8080", &format!("127.0.0.1:{forwarder}"))
            .replace(&format!("{}/", alertsmith::lower::alertmanager::SECRETS), &format!("{}/", self.at("secrets")));
        std::fs::write(self.at("alertmanager.yaml"), text).unwrap();
        Some(start("/-/ready", &self.at("alertmanager.log"), |port| {
            let mut command = alertmanager.command();
            command.arg(format!("--config.file={}", self.at("alertmanager.yaml")));
            command.arg(format!("--storage.path={}", self.at("data")));
            command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
            command.args(["--cluster.listen-address=", "--log.level=error"]);
            command
        }))
    }

    /// Starts a server that answers every `https` request with 200, with a certificate for `kafka-rest.internal` that its own
    /// authority signed; gives its `https` port and the authority's certificate too.
    pub fn encrypted_upstream(folder: &Path) -> Option<(Running, u16, String)> {
        let nginx = tool("nginx", Generation::Newest)?;
        let at = |name: &str| folder.join(name).to_string_lossy().into_owned();
        let mut openssl = Command::new("openssl");
        openssl.args([
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=kafka-rest.internal",
        ]);
        openssl.args([
            "-addext",
            "subjectAltName=DNS:kafka-rest.internal",
            "-keyout",
            &at("key.pem"),
            "-out",
            &at("ca.pem"),
        ]);
        if run(&mut openssl).is_err() {
            skip::missing("openssl");
            return None;
        }
        let encrypted = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let running = start("/", &at("upstream.log"), |port| {
            let text = format!(
                "daemon off; pid {0}/upstream.pid; events {{}} http {{ access_log off; client_body_temp_path {0}/body; \
                 proxy_temp_path {0}/proxy; fastcgi_temp_path {0}/fastcgi; uwsgi_temp_path {0}/uwsgi; scgi_temp_path {0}/scgi; \
                 server {{ listen 127.0.0.1:{port}; listen 127.0.0.1:{encrypted} ssl; ssl_certificate {0}/ca.pem; \
                 ssl_certificate_key {0}/key.pem; return 200 \"{{}}\"; }} }}",
                folder.display()
            );
            std::fs::write(folder.join("upstream.conf"), text).unwrap();
            let mut command = nginx.command();
            command.args(["-e", "stderr", "-p", &at(""), "-c", &at("upstream.conf")]);
            command
        });
        Some((running, encrypted, std::fs::read_to_string(folder.join("ca.pem")).unwrap()))
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(Path::new(&self.at("access.log"))).unwrap_or_default()
    }
}

/// Starts a program on a free port and waits until it says that it is ready. Another process may take the port in between, so
/// a program that ends at once gets another try.
pub fn start(ready: &str, log: &str, command: impl Fn(u16) -> Command) -> Running {
    for _ in 0..3 {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let said = std::fs::File::create(log).unwrap();
        let child = command(port).stdout(Stdio::null()).stderr(said).spawn().unwrap();
        let mut running = Running { port, child };
        let deadline = Instant::now() + Duration::from_secs(30);
        while Instant::now() < deadline && running.child.try_wait().unwrap().is_none() {
            if http::get(port, ready).is_some_and(|answer| answer.status() == 200) {
                return running;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    panic!("a program does not start: {}", std::fs::read_to_string(log).unwrap_or_default());
}
