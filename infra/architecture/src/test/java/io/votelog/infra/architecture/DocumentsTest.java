// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the documents name is there: files and headings that they link to, tests that hold a law, and every law that is cited. */
class DocumentsTest {
    private static final Path ROOT = Modules.ROOT;
    private static final Path ARCHITECTURE = ROOT.resolve("ARCHITECTURE.md");

    /** Folders that hold what was built, what runs, and what the version control keeps. */
    private static final Set<String> NOT_OURS = Set.of("target", ".git", ".votelog", ".idea", ".vscode");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);
    private static final Pattern CODE_BLOCK = Pattern.compile("^```.*?^```", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:Test|IT))`");
    private static final Pattern CITED_LAW = Pattern.compile("\\b[Ll]aw (\\d+)");
    private static final Pattern LAW = Pattern.compile("^### Law (\\d+): ", Pattern.MULTILINE);

    private static List<Path> documents;
    private static List<Path> sources;

    @BeforeAll
    static void find() throws IOException {
        documents = new ArrayList<>();
        sources = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return !folder.equals(ROOT) && NOT_OURS.contains(String.valueOf(folder.getFileName()))
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = file.toString();
                if (name.endsWith(".md")) {
                    documents.add(file);
                } else if (name.endsWith(".java")) {
                    sources.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        assertThat(documents).contains(ARCHITECTURE).hasSizeGreaterThan(15);
        assertThat(sources).hasSizeGreaterThan(300);
    }

    @Test
    void shouldLinkToFilesAndHeadingsThatThereAre() {
        List<String> broken = new ArrayList<>();
        for (Path document : documents) {
            found(LINK, text(document))
                    .map(link -> link.group(1))
                    .filter(link -> !link.matches("[a-z]+:.*"))
                    .filter(link -> !leadsSomewhere(document, link))
                    .forEach(link -> broken.add(ROOT.relativize(document) + ": " + link));
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void shouldNameTestsThatThereAre() {
        Set<String> tests = sources.stream()
                .map(source -> source.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());
        Set<String> missing = new TreeSet<>();
        for (Path document : documents) {
            found(TEST, text(document))
                    .map(test -> test.group(1))
                    .filter(test -> !tests.contains(test))
                    .forEach(test -> missing.add(ROOT.relativize(document) + ": " + test));
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void shouldHaveEveryLawThatIsCited() {
        List<Integer> laws = found(LAW, text(ARCHITECTURE))
                .map(law -> Integer.valueOf(law.group(1)))
                .toList();
        assertThat(laws).isEqualTo(IntStream.rangeClosed(1, laws.size()).boxed().toList());
        Set<Integer> cited = new HashSet<>();
        for (List<Path> files : List.of(sources, documents)) {
            for (Path file : files) {
                found(CITED_LAW, text(file)).forEach(law -> cited.add(Integer.valueOf(law.group(1))));
            }
        }
        assertThat(laws).isNotEmpty().containsAll(cited);
    }

    private static boolean leadsSomewhere(Path document, String link) {
        int hash = link.indexOf('#');
        String path = hash < 0 ? link : link.substring(0, hash);
        Path target = path.isEmpty() ? document : document.resolveSibling(path).normalize();
        if (!Files.exists(target)) {
            return false;
        }
        return hash < 0 || !target.toString().endsWith(".md") || anchors(target).contains(link.substring(hash + 1));
    }

    /** As GitHub names headings: in small letters, with hyphens for blanks, without what is neither letter nor digit. */
    private static Set<String> anchors(Path document) {
        String prose = CODE_BLOCK.matcher(text(document)).replaceAll("");
        return found(HEADING, prose)
                .map(heading -> heading.group(1).strip().toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1"))
                .map(heading -> heading.replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private static Stream<MatchResult> found(Pattern pattern, String text) {
        return pattern.matcher(text).results();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
