// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.cluster;

import io.votelog.schemas.cluster.ClusterCheck;
import io.votelog.schemas.cluster.Finding;
import io.votelog.schemas.cluster.UnfitLogException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * An app's command line with {@value #ARGUMENT}: the cluster is checked, what is found is printed, a line each, and the app does not
 * start. Settings are read as for a start.
 */
public final class CheckCommand {
    /** The argument that asks for it. */
    public static final String ARGUMENT = "--check";

    /** Exit code: nothing was found that stops a start. */
    public static final int FIT = 0;

    /** Exit code: something was found that stops a start. */
    public static final int UNFIT = 1;

    /** Exit code: a setting is wrong, or no broker answers; nothing is known of the cluster. */
    public static final int NOT_CHECKED = 2;

    /** Standard output is for findings: nothing is logged but a setting that is wrong, and no server is started. */
    private static final List<String> SETTINGS = List.of(
            "--spring.main.web-application-type=none",
            "--spring.main.banner-mode=off",
            "--spring.main.log-startup-info=false",
            "--logging.level.root=off",
            "--logging.level.org.apache.kafka=off",
            "--logging.level.org.springframework.boot.diagnostics=error");

    private CheckCommand() {}

    /** Whether a command line asks for it. */
    public static boolean isAskedForBy(String[] arguments) {
        return Arrays.asList(arguments).contains(ARGUMENT);
    }

    /**
     * Checks the cluster.
     *
     * @param arguments the app's command line
     * @param out where findings are printed
     * @param err where it is said why nothing could be checked
     * @param sources classes with beans, of which one is a {@link ClusterCheck}
     * @return the exit code
     */
    public static int run(String[] arguments, PrintStream out, PrintStream err, Class<?>... sources) {
        List<String> settings = new ArrayList<>(Arrays.asList(arguments));
        settings.remove(ARGUMENT);
        settings.addAll(SETTINGS);
        try (ConfigurableApplicationContext context =
                new SpringApplication(sources).run(settings.toArray(String[]::new))) {
            return print(context.getBean(ClusterCheck.class).findings(), out);
        } catch (UnfitLogException away) {
            err.println("Not checked: " + away.getMessage());
        } catch (RuntimeException wrong) {
            err.println("Not checked: " + deepest(wrong));
        }
        return NOT_CHECKED;
    }

    /** Prints findings, and returns the exit code. */
    static int print(List<Finding> findings, PrintStream out) {
        findings.forEach(out::println);
        if (findings.isEmpty()) {
            out.println("Nothing to mend");
        }
        return findings.stream().anyMatch(Finding::isError) ? UNFIT : FIT;
    }

    private static Throwable deepest(Throwable failure) {
        return failure.getCause() == null ? failure : deepest(failure.getCause());
    }
}
