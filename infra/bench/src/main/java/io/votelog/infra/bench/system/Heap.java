// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.system;

import io.votelog.infra.bench.workspace.BenchException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What another JVM holds, by {@code jcmd} of this JDK. */
public final class Heap {
    private static final Pattern USED = Pattern.compile("total \\d+K, used (\\d+)K");

    private Heap() {}

    /** Its heap in use in KB, after a full collection that this asks it for. */
    public static long liveKb(long pid) {
        jcmd(pid, "GC.run");
        return usedKb(jcmd(pid, "GC.heap_info"));
    }

    /** What {@code GC.heap_info} says of the heap's spaces, whichever collector it has. */
    static long usedKb(String heapInfo) {
        Matcher used = USED.matcher(heapInfo);
        long sum = 0;
        while (used.find()) {
            sum += Long.parseLong(used.group(1));
        }
        return sum;
    }

    private static String jcmd(long pid, String command) {
        try {
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(pid),
                            command)
                    .redirectErrorStream(true)
                    .start();
            String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (jcmd.waitFor() != 0) {
                throw new BenchException("jcmd %d %s: %s".formatted(pid, command, said.strip()));
            }
            return said;
        } catch (IOException e) {
            throw new BenchException("jcmd is needed, and this JDK has none: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }
}
