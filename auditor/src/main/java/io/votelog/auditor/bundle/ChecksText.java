// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import io.votelog.auditor.bundle.BundleManifest.Ballot;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The text of a bundle's checks, {@value BundlePaths#CHECKS}. It follows from the manifest alone. The template names
 * what the bundle has in lines of their own, {@code {{if log}}}, {@code {{else}}} and {@code {{end}}}.
 */
final class ChecksText {
    private static final String TEMPLATE = "checks.md";
    private static final String IF = "{{if ";
    private static final String ELSE = "{{else}}";
    private static final String END = "{{end}}";

    private ChecksText() {}

    static String of(BundleManifest manifest) {
        Map<String, Boolean> has = Map.of(
                "log", manifest.hasLog(),
                "tiles", manifest.tiles(),
                "policy", manifest.has(BundlePaths.POLICY));
        StringBuilder text = new StringBuilder();
        Deque<Boolean> shown = new ArrayDeque<>();
        for (String line : template().split("\n")) {
            if (line.startsWith(IF)) {
                boolean holds = Objects.requireNonNull(has.get(line.substring(IF.length(), line.length() - 2)), line);
                shown.push(holds);
            } else if (line.equals(ELSE)) {
                shown.push(!shown.pop());
            } else if (line.equals(END)) {
                shown.pop();
            } else if (!shown.contains(false)) {
                text.append(line).append('\n');
            }
        }
        return text.toString()
                .replace("{{made}}", manifest.made())
                .replace("{{publishedAt}}", String.valueOf(manifest.publishedAt()))
                .replace(
                        "{{ballots}}",
                        manifest.ballots().stream().map(Ballot::ballotId).collect(Collectors.joining(", ")));
    }

    private static String template() {
        try (InputStream in = ChecksText.class.getResourceAsStream(TEMPLATE)) {
            return new String(Objects.requireNonNull(in, TEMPLATE).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
