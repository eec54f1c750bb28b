// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.votelog.producer.ballots.ListedBallot;
import io.votelog.producer.ballots.PublicUrls;
import io.votelog.rules.Note;
import io.votelog.schemas.BallotDefinition;
import io.votelog.web.coding.Coded;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The public documents of ballots: what the catalogue has of them, without the pepper's fingerprint. */
final class BallotDocuments {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final PublicUrls publicUrls;
    private final Map<String, Written> written = new ConcurrentHashMap<>();
    private volatile @Nullable Document lastList;

    BallotDocuments(PublicUrls publicUrls) {
        this.publicUrls = publicUrls;
    }

    /**
     * A document.
     *
     * @param json the document in UTF-8
     * @param tag the text between the quotes of its entity tag
     */
    record Document(Coded json, String tag) {}

    private record Written(ListedBallot of, Document document) {}

    /** The document of one ballot: the definition and its digest, whether it takes votes yet, whether it was closed early. */
    Document one(ListedBallot ballot) {
        Written last = written.get(ballot.id());
        if (last != null && last.of() == ballot) {
            return last.document();
        }
        Document document = new Document(new Coded(JSON.writeValueAsBytes(plain(ballot))), version(ballot));
        written.put(ballot.id(), new Written(ballot, document));
        return document;
    }

    /** The same document for the publisher, with notes on what was understood otherwise than it was written. */
    Document one(ListedBallot ballot, List<Note> notes) {
        if (notes.isEmpty()) {
            return one(ballot);
        }
        Map<String, Object> plain = plain(ballot);
        putNotes(plain, notes);
        return new Document(new Coded(JSON.writeValueAsBytes(plain)), version(ballot));
    }

    /**
     * The document that {@link #one} would make once the ballot's publication had begun.
     *
     * @param standing the ballot that has this id already, if any; if its definition is the same one, the document is of that
     *     ballot's present state
     */
    byte[] dryRun(BallotDefinition definition, Optional<ListedBallot> standing, List<Note> notes) {
        Map<String, Object> plain = standing.filter(
                        listed -> listed.definition().digest().equals(definition.digest()))
                .map(this::plain)
                .orElseGet(() -> plain(definition, false, false));
        putNotes(plain, notes);
        plain.put("dryRun", true);
        return JSON.writeValueAsBytes(plain);
    }

    static void putNotes(Map<String, Object> document, List<Note> notes) {
        if (!notes.isEmpty()) {
            document.put(
                    "notes",
                    notes.stream()
                            .map(note -> {
                                Map<String, Object> said = new LinkedHashMap<>();
                                said.put("at", note.at());
                                said.put("detail", note.detail());
                                return said;
                            })
                            .toList());
        }
    }

    private Map<String, Object> plain(ListedBallot ballot) {
        return plain(ballot.definition(), ballot.published(), ballot.closing());
    }

    private Map<String, Object> plain(BallotDefinition definition, boolean ready, boolean closedEarly) {
        Map<String, Object> plain = new LinkedHashMap<>(definition.ballot().toPlain());
        plain.put("digest", definition.digestHex());
        plain.put("ready", ready);
        plain.put("closedEarly", closedEarly);
        plain.put("votesUrl", publicUrls.votes(definition.ballot().id()).toString());
        return plain;
    }

    /** The list of these ballots, each with as much as it takes to choose one. */
    Document list(List<ListedBallot> ballots) {
        StringBuilder versions = new StringBuilder();
        ballots.forEach(ballot -> versions.append(version(ballot)).append('\n'));
        String tag = sha256(versions);
        Document last = lastList;
        if (last != null && last.tag().equals(tag)) {
            return last;
        }
        List<Map<String, Object>> entries = ballots.stream()
                .map(ballot -> {
                    Map<String, Object> definition = ballot.ballot().toPlain();
                    Map<String, Object> entry = new LinkedHashMap<>();
                    for (String field : List.of("ballotId", "title", "window")) {
                        entry.put(field, definition.get(field));
                    }
                    entry.put("digest", ballot.definition().digestHex());
                    entry.put("ready", ballot.published());
                    entry.put("closedEarly", ballot.closing());
                    entry.put("url", publicUrls.ballot(ballot.id()).toString());
                    return entry;
                })
                .toList();
        Document document = new Document(new Coded(JSON.writeValueAsBytes(Map.of("ballots", entries))), tag);
        lastList = document;
        return document;
    }

    private static String version(ListedBallot ballot) {
        return ballot.definition().digestHex() + (ballot.published() ? "-r" : "") + (ballot.closing() ? "-c" : "");
    }

    private static String sha256(CharSequence text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256")
                            .digest(text.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
