// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A JVM started by this one, tethered to it (see {@link Tether}): it ends when this JVM ends, however that happens. Its
 * standard output and error go to a log file. It ignores SIGINT and SIGHUP, which a terminal sends to the whole
 * foreground group: whoever started it stops it, in order. Needs a POSIX {@code sh}.
 */
public final class ChildJvm {
    /**
     * A system property: where it is {@code true}, the classes of brokers and of Spring Boot's programs are archived before the first
     * start of a build, which then takes some ten seconds more, and every later start takes a fraction of the CPU. Archives that are
     * there are used in any case.
     */
    public static final String ARCHIVE_CLASSES = "votelog.archive-classes";

    /**
     * A system property: options of the JVM, separated by spaces, that every child gets before its own. Tests give
     * {@code -XX:TieredStopAtLevel=1 -XX:+UseSerialGC}, since most of their children do not live long enough to gain from the second compiler.
     */
    public static final String JVM_ARGS = "votelog.child-jvm-args";

    private static final int TAIL_BYTES = 64 * 1024;
    private static final Duration KILL_WAIT = Duration.ofSeconds(20);
    private static final Duration TRAINING = Duration.ofSeconds(90);

    private final String name;
    private final Process process;
    private final Path logFile;
    private final long logStart;
    private @Nullable Process waker;

    private ChildJvm(String name, Process process, Path logFile, long logStart) {
        this.name = name;
        this.process = process;
        this.logFile = logFile;
        this.logStart = logStart;
    }

    /**
     * A child to be configured and started.
     *
     * @param name how people know it; also the name of its log file unless {@link Builder#logFile} gives another
     * @param mainClass its main class, on its class path
     */
    public static Builder of(String name, String mainClass) {
        return new Builder(name, mainClass);
    }

    /**
     * The same for a jar that Spring Boot has packed. It is unpacked beside itself, into the folder {@code unpacked}, once for each
     * build, and its classes are archived there, so that a start takes a fraction of the CPU.
     *
     * @throws ChildStartException where the jar cannot be unpacked
     */
    public static Builder ofBootJar(String name, Path jar) {
        BootJar program = BootJar.unpacked(jar);
        return of(name, program.mainClass())
                .classPath(placeOf(Tether.class) + File.pathSeparator + program.jar())
                .archiveAsBootDoes(program.jar().resolveSibling("classes"));
    }

    /** The same for a jar that Spring Boot has packed and that has no Spring in it, so that it cannot be unpacked: it runs as it is. */
    public static Builder ofPackedJar(String name, Path jar) {
        return of(name, "org.springframework.boot.loader.launch.JarLauncher")
                .classPath(placeOf(Tether.class) + File.pathSeparator + jar.toAbsolutePath());
    }

    /** The jar or the folder that a class was loaded from. */
    static Path placeOf(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The class path of this JVM as it would be given to another one. Under Surefire and Failsafe that is the tests'
     * class path, not the jar that they start from.
     */
    public static String currentClassPath() {
        String tests = System.getProperty("surefire.test.class.path");
        return tests != null && !tests.isBlank() ? tests : System.getProperty("java.class.path", "");
    }

    /** What messages and its log file call it. */
    public String name() {
        return name;
    }

    /** The process id of the JVM itself. */
    public long pid() {
        return process.pid();
    }

    /** Whether its process runs; a paused one does. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Completes, with this child, when its process has ended. */
    public CompletableFuture<ChildJvm> onExit() {
        return process.onExit().thenApply(ended -> this);
    }

    /** Its exit code (128 + signal where a signal ended it), or nothing while it lives. */
    public OptionalInt exitCode() {
        return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }

    /** Where its output goes. */
    public Path logFile() {
        return logFile;
    }

    /**
     * Asks it to end (SIGTERM; a paused child is resumed first) and waits until it has; kills it when it takes longer
     * than {@code grace}.
     *
     * @return whether it ended by itself
     */
    public boolean stop(Duration grace) {
        terminate();
        if (awaitEnd(grace)) {
            return true;
        }
        kill();
        return false;
    }

    /** Sends SIGTERM, to a paused child too, and does not wait. */
    public void terminate() {
        if (process.isAlive()) {
            // Process.destroy would close its standard input too, and it might end for that (Tether) before it hears
            // the signal.
            process.toHandle().destroy();
            resume();
        }
    }

    /** Waits until it has ended, at most {@code limit}; says whether it has. */
    public boolean awaitEnd(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** SIGKILL; returns when the process is gone. */
    public void kill() {
        process.destroyForcibly();
        synchronized (this) {
            dismissWaker();
        }
        boolean interrupted = Thread.interrupted();
        try {
            if (!process.waitFor(KILL_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(
                        name + " (process " + pid() + ") is still there " + KILL_WAIT.toSeconds() + " s after SIGKILL");
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * SIGSTOP: it keeps its sockets and its memory, and does nothing until {@link #resume()}, or until this JVM ends: a
     * paused child could not see that by itself.
     */
    public synchronized void pause() {
        signal("STOP");
        if (waker == null && process.isAlive()) {
            waker = waker();
        }
    }

    /** SIGCONT. */
    public synchronized void resume() {
        signal("CONT");
        dismissWaker();
    }

    /** A shell that waits for the end of its input, which comes with this JVM's, and then resumes the child. */
    private Process waker() {
        try {
            return shell("trap '' INT HUP; read -r end; kill -CONT \"$1\"");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void dismissWaker() {
        Process last = waker;
        if (last != null) {
            last.destroyForcibly();
            waker = null;
        }
    }

    private Process shell(String script) throws IOException {
        return new ProcessBuilder("sh", "-c", script, "sh", Long.toString(pid()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** The last lines that it has logged since this start, at most {@code lines} of them. */
    public List<String> logTail(int lines) {
        try (RandomAccessFile log = new RandomAccessFile(logFile.toFile(), "r")) {
            long from = Math.max(logStart, log.length() - TAIL_BYTES);
            byte[] bytes = new byte[(int) Math.max(0, log.length() - from)];
            log.seek(from);
            log.readFully(bytes);
            List<String> all = new String(bytes, StandardCharsets.UTF_8).lines().toList();
            return all.subList(Math.max(0, all.size() - lines), all.size());
        } catch (IOException e) {
            return List.of("(its log " + logFile + " cannot be read: " + e.getMessage() + ")");
        }
    }

    /** {@code what}, how it ended where it has, and the end of its log: for the message of an error. */
    public String obituary(String what) {
        StringBuilder text = new StringBuilder(what);
        exitCode().ifPresent(code -> text.append(" (exit code ").append(code).append(')'));
        List<String> tail = logTail(20);
        if (tail.isEmpty()) {
            return text.append("; its log ").append(logFile).append(" is empty").toString();
        }
        text.append("; the end of its log ").append(logFile).append(":\n    ");
        return text.append(String.join("\n    ", tail)).toString();
    }

    private void signal(String signal) {
        if (!process.isAlive()) {
            return;
        }
        try {
            // The shell's own kill: /bin/kill is not on every machine.
            Process kill = shell("kill -" + signal + " \"$1\"");
            if (kill.waitFor() != 0 && process.isAlive()) {
                throw new IllegalStateException(
                        "SIG" + signal + " could not be sent to " + name + " (process " + pid() + ")");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return name + " (process " + pid() + ")";
    }

    /** What a child is started with. */
    public static final class Builder {
        private final String name;
        private final String mainClass;
        private String classPath = currentClassPath();
        private final List<String> jvmArgs = new ArrayList<>();
        private final List<String> args = new ArrayList<>();
        private final Map<String, String> env = new LinkedHashMap<>();
        private final List<String> prefix = new ArrayList<>();
        private Duration orphanGrace = Duration.ofMillis(Tether.DEFAULT_GRACE_MS);
        private @Nullable Path logFile;
        private @Nullable Path workingDir;
        private @Nullable Archiving archiving;

        /** Where classes are archived, and the run that does it. */
        private record Archiving(Path folder, ClassArchive.Training run) {}

        private Builder(String name, String mainClass) {
            this.name = name;
            this.mainClass = mainClass;
        }

        /** How people know it. */
        public String name() {
            return name;
        }

        /** Its class path, which must hold this module too; this JVM's own by default. */
        public Builder classPath(String path) {
            this.classPath = path;
            // What was archived is of another one.
            this.archiving = null;
            return this;
        }

        /** Adds options of the JVM: heap, {@code -D…}. */
        public Builder jvmArgs(String... more) {
            jvmArgs.addAll(List.of(more));
            return this;
        }

        /** Adds arguments of the main class. */
        public Builder args(String... more) {
            args.addAll(List.of(more));
            return this;
        }

        /** Sets an environment variable beside those that it inherits. */
        public Builder env(String key, String value) {
            env.put(key, value);
            return this;
        }

        /** Starts it by this command, which must become what stands behind it, as {@code setpriv} and {@code nice} do. */
        public Builder startedBy(List<String> command) {
            prefix.addAll(command);
            return this;
        }

        /** Where its output is appended; {@code <name>.log} in the working directory by default. */
        public Builder logFile(Path file) {
            this.logFile = file;
            return this;
        }

        /** Its working directory, which must exist; this JVM's own by default. */
        public Builder workingDir(Path dir) {
            this.workingDir = dir;
            return this;
        }

        /** Where its classes are archived, so that later starts take less, and by what; nowhere by default. */
        Builder archiveIn(Path folder, ClassArchive.Training run) {
            this.archiving = new Archiving(folder, run);
            return this;
        }

        private Builder archiveAsBootDoes(Path folder) {
            return archiveIn(folder, archivingArgs -> runUntilItsContextIsBuilt(folder, archivingArgs));
        }

        /** How long its shutdown hooks may take when this JVM has died; ten seconds by default. */
        public Builder orphanGrace(Duration grace) {
            this.orphanGrace = grace;
            return this;
        }

        /**
         * Starts the process; does not wait until it is of use.
         *
         * @throws ChildStartException where the process cannot be started at all
         */
        public ChildJvm start() {
            Path dir = workingDir == null ? Path.of("") : workingDir;
            Path log = (logFile == null ? dir.resolve(name + ".log") : logFile).toAbsolutePath();
            try {
                Files.createDirectories(log.getParent());
                long logStart = Files.exists(log) ? Files.size(log) : 0;
                ProcessBuilder builder = process(dir, log, archivingArgs());
                return new ChildJvm(name, builder.start(), log, logStart);
            } catch (IOException e) {
                throw new ChildStartException(name + " could not be started: " + e.getMessage(), e);
            }
        }

        private List<String> archivingArgs() throws IOException {
            Archiving wanted = archiving;
            if (wanted == null || !ClassArchive.isPossible(classPath)) {
                return List.of();
            }
            return ClassArchive.of(wanted.folder(), mainClass.substring(mainClass.lastIndexOf('.') + 1), classPath)
                    .jvmArgs(wanted.run());
        }

        /** Runs it, as Spring Boot recommends for class data sharing, until its context is built, and no further. */
        private void runUntilItsContextIsBuilt(Path folder, List<String> archivingArgs) throws IOException {
            List<String> untilThen = new ArrayList<>(archivingArgs);
            untilThen.add("-Dspring.context.exit=onRefresh");
            Path dir = workingDir == null ? Path.of("") : workingDir;
            Process process =
                    process(dir, folder.resolve("training.log"), untilThen).start();
            try {
                if (!process.waitFor(TRAINING.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }

        private ProcessBuilder process(Path dir, Path log, List<String> archivingArgs) {
            ProcessBuilder builder = new ProcessBuilder(command(archivingArgs))
                    .directory(dir.toAbsolutePath().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(env);
            return builder;
        }

        private List<String> command(List<String> archivingArgs) {
            // HotSpot leaves a signal alone that was ignored when it started. exec: the JVM keeps the shell's pid.
            List<String> command = new ArrayList<>(List.of("sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh"));
            command.addAll(prefix);
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(archivingArgs);
            Stream.of(System.getProperty(JVM_ARGS, "").split(" "))
                    .filter(option -> !option.isEmpty())
                    .forEach(command::add);
            command.addAll(jvmArgs);
            command.add("-D" + Tether.GRACE_PROPERTY + "=" + orphanGrace.toMillis());
            command.add("-cp");
            command.add(classPath);
            command.add(Tether.class.getName());
            command.add(mainClass);
            command.addAll(args);
            return command;
        }
    }
}
