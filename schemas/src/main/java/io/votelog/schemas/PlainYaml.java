// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import io.votelog.rules.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The check that a ballot file in YAML uses the plain part of YAML alone, in which a reader sees what a program reads. The rest is refused:
 * an alias stands for what its anchor holds elsewhere, a tag changes the type of a text, and {@code 010} may be read as eight.
 */
final class PlainYaml {
    private static final int MAX_FAULTS = 100;
    private static final int MAX_SHOWN = 64;

    /** Numbers that programs read differently, or not as their digits say: octal, hexadecimal, with underscores, with a plus sign. */
    private static final Pattern ODD_NUMBER =
            Pattern.compile("[-+]?0[0-9_]+|[-+]?0[xob][0-9A-Fa-f_]+|[-+]?[0-9][0-9_]*_[0-9_]*|\\+[0-9]+");

    private static final LoadSettings SETTINGS = LoadSettings.builder()
            .setCodePointLimit(BallotFile.MAX_BYTES)
            .setUseMarks(true)
            .build();

    private final List<Fault> faults = new ArrayList<>();
    private int documents;
    private int depth;

    private PlainYaml() {}

    /**
     * Every place where the text leaves the plain part, at most 100 of them. Text that is not YAML has no faults here: its reader
     * refuses it.
     */
    static List<Fault> faults(String text) {
        PlainYaml plain = new PlainYaml();
        try {
            for (Event event : new Parse(SETTINGS).parseString(text)) {
                plain.look(event);
                if (plain.faults.size() == MAX_FAULTS || plain.depth > BallotFile.MAX_DEPTH) {
                    break;
                }
            }
        } catch (YamlEngineException notYaml) {
            // Its reader comes to the same place.
        }
        return plain.faults;
    }

    private void look(Event event) {
        if (event instanceof DocumentStartEvent start) {
            documents++;
            if (documents > 1) {
                fault(event, "begins another document; a file must hold one ballot");
            } else if (start.getSpecVersion().isPresent() || !start.getTags().isEmpty()) {
                fault(event, "has directives (lines that begin with %); a ballot must have none");
            }
        } else if (event instanceof AliasEvent alias) {
            fault(
                    event,
                    "is an alias, *" + shown(alias.getAlias().getValue())
                            + "; a ballot must be written out, and a text that begins with * belongs in quotes");
        } else if (event instanceof NodeEvent node) {
            node.getAnchor()
                    .ifPresent(
                            anchor -> fault(
                                    event,
                                    "has an anchor, &" + shown(anchor.getValue())
                                            + "; a ballot must be written out, and a text that begins with & belongs in quotes"));
            tag(node)
                    .ifPresent(tag -> fault(
                            event,
                            "has a tag, " + shown(tag)
                                    + "; a ballot must have none, and a text that begins with ! belongs in quotes"));
            if (node instanceof ScalarEvent scalar && scalar.isPlain()) {
                look(scalar);
            }
        }
        if (event instanceof CollectionStartEvent) {
            depth++;
        } else if (event instanceof CollectionEndEvent) {
            depth--;
        }
    }

    private void look(ScalarEvent scalar) {
        if (scalar.getValue().equals("<<")) {
            fault(scalar, "is a merge key, <<; a ballot must be written out");
        } else if (ODD_NUMBER.matcher(scalar.getValue()).matches()) {
            fault(
                    scalar,
                    "is " + shown(scalar.getValue())
                            + ", which YAML may take for another number than it looks; a number must be written plainly, such as"
                            + " 10, and a text of digits in quotes, such as \"01\"");
        }
    }

    private static Optional<String> tag(NodeEvent node) {
        return node instanceof ScalarEvent scalar
                ? scalar.getTag()
                : node instanceof CollectionStartEvent collection ? collection.getTag() : Optional.empty();
    }

    private void fault(Event event, String problem) {
        String place = event.getStartMark()
                .map(mark -> BallotFile.place(mark.getLine() + 1, mark.getColumn() + 1))
                .orElse("");
        faults.add(new Fault(place, problem));
    }

    private static String shown(String text) {
        String printable = text.codePoints()
                .limit(MAX_SHOWN)
                .collect(
                        StringBuilder::new,
                        (shown, c) -> shown.appendCodePoint(
                                Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c),
                        StringBuilder::append)
                .toString();
        return text.codePointCount(0, text.length()) > MAX_SHOWN ? printable + "…" : printable;
    }
}
