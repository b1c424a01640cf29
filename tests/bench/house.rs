//! The processes that are measured: the release binary as provider and as simulator, on loopback and in a directory that
//! goes away. Whatever is started here is ended here, by its own handle, whatever happens.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::Outcome;
use crate::measure::now;
use crate::wire::{Connection, between, get};

/// Where the clients' people come back to. Nobody listens there.
pub const CALLBACK: &str = "https://shop.example/callback";

/// The number that codes are sent from, and the account it belongs to.
pub const PHONE_NUMBER_ID: &str = "106540352242922";
pub const WABA_ID: &str = "102290129340398";

/// What webhooks are signed with.
pub const APP_SECRET: &str = "app-secret-of-the-benchmark";

/// As Meta allows a number that writes to many; the usual 80 would be what is measured.
pub const MESSAGES_PER_SECOND: u32 = 1000;

/// How long a process may take to start or to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// A process of ours; ended when this goes.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    /// Asks it to end, as an operator would, and waits until it has.
    fn end(mut self) -> Outcome<()> {
        Command::new("kill").arg("-TERM").arg(self.0.id().to_string()).status()?;
        let asked = now();
        while self.0.try_wait()?.is_none() {
            if asked.elapsed() > PATIENCE {
                return Err("a process did not end when asked to".into());
            }
            pause(Duration::from_millis(10));
        }
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "nothing else runs while a process is started or ended")]
pub fn pause(span: Duration) {
    std::thread::sleep(span);
}

/// A project of the provider's, with one client.
pub struct Project {
    /// Its user pool.
    pub pool_id: String,
    /// The path of its issuer.
    pub base: String,
    pub client_id: String,
    /// Empty for a public client.
    pub client_secret: String,
}

/// A provider, what stands in for its WhatsApp, and their directory.
pub struct House {
    program: PathBuf,
    directory: TempDir,
    pub provider: SocketAddr,
    pub simulator: SocketAddr,
    metrics: SocketAddr,
    simulating: Option<Running>,
    serving: Option<Running>,
}

impl House {
    /// A new house around this binary; nothing runs yet.
    pub fn new(program: &Path) -> Outcome<Self> {
        Ok(Self {
            program: program.to_owned(),
            directory: tempfile::tempdir()?,
            provider: free_address()?,
            simulator: free_address()?,
            metrics: free_address()?,
            simulating: None,
            serving: None,
        })
    }

    /// A new house whose WhatsApp is not the simulator but listens here already.
    pub fn beside(program: &Path, whatsapp: SocketAddr) -> Outcome<Self> {
        Ok(Self { simulator: whatsapp, ..Self::new(program)? })
    }

    /// Starts the simulator, and waits until it answers.
    pub async fn start_simulator(&mut self) -> Outcome<()> {
        let running = Running(self.command("simulator").stdout(Stdio::null()).spawn()?);
        self.simulating = Some(running);
        answers(self.simulator, "/simulator/messages?limit=1").await
    }

    /// Starts the provider. Gives how long it took until it answered that it is ready.
    pub async fn start_provider(&mut self) -> Outcome<Duration> {
        let started = now();
        let mut child = self.command("serve").arg("--json-ready").stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take();
        self.serving = Some(Running(child));
        let mut line = String::new();
        BufReader::new(output.ok_or("no output")?).read_line(&mut line)?;
        if !line.contains("\"ready\"") {
            return Err(format!("the provider did not say that it is ready: {line}").into());
        }
        answers(self.provider, "/readyz").await?;
        Ok(started.elapsed())
    }

    /// Ends the provider as an operator would.
    pub fn end_provider(&mut self) -> Outcome<()> {
        self.serving.take().map_or(Ok(()), Running::end)
    }

    /// Makes a project with a client of this kind.
    pub fn create_project(&self, domain: &str, kind: &str) -> Outcome<Project> {
        let mut command = self.command("project");
        command.args(["create", "--name", "Benchmark", "--domain", domain, "--kind", kind]);
        command.args(["--callback-url", CALLBACK, "--country", "US", "--json"]);
        let output = command.output()?;
        let said = String::from_utf8(output.stdout)?;
        if !output.status.success() {
            return Err(format!("no project: {said}{}", String::from_utf8_lossy(&output.stderr)).into());
        }
        // Not worth a parser: names and values stand on one line or on several, with or without a space between.
        let compact: String = said.split_whitespace().collect();
        let text = |name: &str| between(&compact, &format!("\"{name}\":\""), '"').map(str::to_owned);
        let base = format!("/{domain}");
        Ok(Project {
            pool_id: text("user_pool_id")?,
            base,
            client_id: text("client_id")?,
            client_secret: text("client_secret").unwrap_or_default(),
        })
    }

    /// The process ids of provider and simulator.
    pub fn processes(&self) -> Outcome<(u32, u32)> {
        let id =
            |running: &Option<Running>| running.as_ref().map(|running| running.0.id()).ok_or("not running");
        Ok((id(&self.serving)?, id(&self.simulating)?))
    }

    /// The process id of the provider.
    pub fn provider_process(&self) -> Outcome<u32> {
        Ok(self.serving.as_ref().ok_or("not running")?.0.id())
    }

    /// Where the database and its master key are.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The size of the database and its log, in megabytes (10⁶ bytes).
    pub fn database_megabytes(&self) -> Outcome<f64> {
        let mut bytes = 0;
        for entry in std::fs::read_dir(self.directory.path())? {
            bytes += entry?.metadata()?.len();
        }
        Ok(u32::try_from(bytes / 1000).map(f64::from)? / 1000.0)
    }

    /// The binary with the settings of this house. Everything comes from one address and to one pool, so the limits on
    /// those are out of the way; all others are the defaults.
    fn command(&self, word: &str) -> Command {
        let mut command = Command::new(&self.program);
        let (provider, simulator) = (self.provider, self.simulator);
        command.arg(word).current_dir(self.directory.path()).stdin(Stdio::null()).envs([
            ("WATCHWORD_DATA_DIR", self.directory.path().display().to_string()),
            ("WATCHWORD_LISTEN", provider.to_string()),
            ("WATCHWORD_PUBLIC_URL", format!("http://{provider}")),
            ("WATCHWORD_METRICS_LISTEN", self.metrics.to_string()),
            ("WATCHWORD_LOG", "warn".to_owned()),
            ("WATCHWORD_LIMITS_STARTS_PER_ADDRESS", "100000000".to_owned()),
            ("WATCHWORD_LIMITS_STARTS_BEFORE_PROOF", "100000000".to_owned()),
            ("WATCHWORD_LIMITS_MESSAGES_PER_POOL_HOUR", "1000000000".to_owned()),
            ("WATCHWORD_LIMITS_MESSAGES_PER_POOL_DAY", "1000000000".to_owned()),
            ("WATCHWORD_LIMITS_PROBATION_DAYS", "0".to_owned()),
            ("WATCHWORD_WHATSAPP_API_URL", format!("http://{simulator}/v25.0")),
            ("WATCHWORD_WHATSAPP_MESSAGES_PER_SECOND", MESSAGES_PER_SECOND.to_string()),
            ("WATCHWORD_WHATSAPP_PHONE_NUMBER_ID", PHONE_NUMBER_ID.to_owned()),
            ("WATCHWORD_WHATSAPP_WABA_ID", WABA_ID.to_owned()),
            ("WATCHWORD_WHATSAPP_ACCESS_TOKEN", "access-token-of-the-benchmark".to_owned()),
            ("WATCHWORD_WHATSAPP_APP_SECRET", APP_SECRET.to_owned()),
            ("WATCHWORD_WHATSAPP_VERIFY_TOKEN", "verify-token-of-the-benchmark".to_owned()),
            ("WATCHWORD_SIMULATOR_LISTEN", simulator.to_string()),
            ("WATCHWORD_SIMULATOR_SENT_MS", "0".to_owned()),
            ("WATCHWORD_SIMULATOR_DELIVERED_MS", "0".to_owned()),
        ]);
        command
    }
}

/// A free address of this machine's own.
fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Until somebody answers well.
async fn answers(address: SocketAddr, path: &str) -> Outcome<()> {
    let asked: Instant = now();
    loop {
        if let Ok(mut connection) = Connection::open(address).await
            && let Ok(answer) = connection.ask(&get(path, "")).await
            && answer.status == 200
        {
            return Ok(());
        }
        if asked.elapsed() > PATIENCE {
            return Err(format!("nobody answers at {address}").into());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
