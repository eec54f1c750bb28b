// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a shell script of a module where there is no JDK: whatever it would build, it says that instead. */
public final class ScriptWithoutJdk {
    private ScriptWithoutJdk() {}

    /**
     * What a script has answered.
     *
     * @param text of standard output and standard error
     * @param code its exit code
     */
    public record Answer(String text, int code) {}

    /**
     * Runs it in the module's folder.
     *
     * @throws AssertionError when it has not ended after a minute
     */
    public static Answer run(String script, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("bash", script));
        command.addAll(List.of(words));
        ProcessBuilder run = new ProcessBuilder(command).redirectErrorStream(true);
        run.environment().put("JAVA_HOME", "/none");
        Process process = run.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError(command + " has not ended after a minute");
        }
        return new Answer(said, process.exitValue());
    }
}
