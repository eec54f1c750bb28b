// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.broker.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A shell in which the commands of a page are run as they stand, with Kafka's own tools, against a system at other addresses. */
final class OperatorShell {
    private static final Path AUDITOR = built("auditor/target/votelog-auditor.jar");
    private static final Path STREAMS_APP = built("streams-app/target/votelog-streams-app.jar");

    /** Where Kafka's distribution has scripts, these are the classes that they start. */
    private static final Map<String, String> TOOLS = Map.of(
            "kafka-acls", "org.apache.kafka.tools.AclCommand",
            "kafka-configs", "kafka.admin.ConfigCommand",
            "kafka-console-consumer", "org.apache.kafka.tools.consumer.ConsoleConsumer",
            "kafka-consumer-groups", "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
            "kafka-get-offsets", "org.apache.kafka.tools.GetOffsetShell",
            "kafka-topics", "org.apache.kafka.tools.TopicCommand",
            "kafka-transactions", "org.apache.kafka.tools.TransactionsCommand");

    /** {@code openssl rand -hex 24} where there is no openssl: the build asks for a JDK and nothing else. */
    private static final String RANDOM =
            "command -v openssl >/dev/null || openssl() { od -An -v -N24 -tx1 /dev/urandom | tr -d ' \\n'; }\n";

    /** What the pages say of a secured cluster: the file with the settings of whoever may do what is asked, which stands in the folder. */
    private static final String LOGINS =
            """
            login() {
              case " $* " in
                *" --command-config "*) user= ;;
                *" --alter "* | *" --create "* | *" --delete "* | *" abort "*) user=administrator ;;
                *) user=auditor ;;
              esac
              as=(${user:+--command-config $user.properties})
            }
            loginOfAuditor() {
              case $1 in
                restore) as=(--command-config restorer.properties) ;;
                seal) as=(--command-config sealer.properties) ;;
                keygen) as=() ;;
                *) as=(--command-config auditor.properties) ;;
              esac
            }
            curl() { command curl --cacert "$AUTHORITY" "$@"; }
            """;

    /** The same without security. */
    private static final String NO_LOGINS = "as=()\nlogin() { :; }\nloginOfAuditor() { :; }\n";

    private final Path dir;
    private final Map<String, String> addresses;
    private final Map<String, String> environment;
    private final boolean secured;

    /**
     * For a system that lets everybody do everything, or commands that say by themselves who they are.
     *
     * @param dir where the commands are run
     * @param addresses those that pages name, each with the one here
     */
    OperatorShell(Path dir, Map<String, String> addresses) {
        this(dir, addresses, Map.of(), false);
    }

    private OperatorShell(Path dir, Map<String, String> addresses, Map<String, String> environment, boolean secured) {
        this.dir = dir;
        this.addresses = Map.copyOf(addresses);
        this.environment = Map.copyOf(environment);
        this.secured = secured;
    }

    /**
     * The same for a secured system, where each command logs in as the pages say. The folder has a file of client settings for each user.
     *
     * @param authority whom curl trusts
     * @param ofStreams what the streams-app is told of Kafka in its environment
     */
    OperatorShell secured(Path authority, Map<String, String> ofStreams) {
        Map<String, String> told = new HashMap<>(ofStreams);
        told.put("AUTHORITY", authority.toString());
        return new OperatorShell(dir, addresses, told, true);
    }

    private static Path built(String jar) {
        return Path.of("../..").resolve(jar).toAbsolutePath().normalize();
    }

    /** The blocks of a page of this module between fences for a shell, in order. */
    static List<String> blocks(String page) throws IOException {
        return Pattern.compile("^( *)```sh\\n(.*?)^ *```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Files.readString(Path.of(page)))
                .results()
                .map(block -> block.group(2).replaceAll("(?m)^" + block.group(1), ""))
                .toList();
    }

    /** Commands that make topics on three brokers, as the page has them, for one. */
    static String onOneBroker(String commands) {
        return commands.replace("--replication-factor 3", "--replication-factor 1")
                .replace("min.insync.replicas=2", "min.insync.replicas=1");
    }

    /** Runs them one after the other; all must succeed. Gives back what they said on standard output. */
    String run(String commands) throws Exception {
        return run(commands, Map.of());
    }

    /** The same with variables that the page tells to be set. */
    String run(String commands, Map<String, String> variables) throws Exception {
        Path script = Files.createTempFile(dir, "commands", ".sh");
        Path said = Files.createTempFile(dir, "commands", ".out");
        Path trace = Files.createTempFile(dir, "commands", ".err");
        String tools = TOOLS.entrySet().stream()
                .map(tool ->
                        "%s() { login \"$@\"; \"$JAVA\" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m -cp \"$TOOLS\" %s \"${as[@]}\" \"$@\"; }%n"
                                .formatted(tool.getKey(), tool.getValue()))
                .collect(Collectors.joining());
        String jar = "\"$JAVA\" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx512m -jar";
        String programs =
                "auditor() { loginOfAuditor \"$@\"; %s \"%s\" \"$@\" \"${as[@]}\"; }%n".formatted(jar, AUDITOR)
                        + "streams-app() { %s \"%s\" \"$@\"; }%n".formatted(jar, STREAMS_APP);
        Files.writeString(
                script,
                "set -euo pipefail\n" + (secured ? LOGINS : NO_LOGINS) + tools + programs + RANDOM + here(commands));
        ProcessBuilder builder = new ProcessBuilder("bash", "-x", script.toString())
                .directory(dir.toFile())
                .redirectOutput(said.toFile())
                .redirectError(trace.toFile());
        builder.environment()
                .put(
                        "JAVA",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString());
        builder.environment().put("TOOLS", classPath());
        builder.environment().putAll(environment);
        builder.environment().putAll(variables);
        Process process = builder.start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly();
        }
        String text = Files.readString(said);
        assertThat(ended && process.exitValue() == 0)
                .as("the commands of a page, as they ran here: %s%nwhat they said: %s", Files.readString(trace), text)
                .isTrue();
        return text;
    }

    private String here(String commands) {
        String replaced = commands;
        for (Map.Entry<String, String> address : addresses.entrySet()) {
            replaced = replaced.replace(address.getKey(), address.getValue());
        }
        return replaced;
    }

    private static String classPath() {
        return Stream.of(ChildJvm.currentClassPath().split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
