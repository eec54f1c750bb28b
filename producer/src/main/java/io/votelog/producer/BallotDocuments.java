package io.votelog.producer;

import io.votelog.web.coding.Coded;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The public documents of ballots: what the catalogue says of them, and nothing of the pepper. */
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
     * @param json UTF-8
     * @param tag what stands between the quotes of its entity tag
     */
    record Document(Coded json, String tag) {}

    private record Written(ListedBallot of, Document document) {}

    /** One ballot: the definition with its digest, whether it takes votes yet, whether it was closed early. */
    Document one(ListedBallot ballot) {
        Written last = written.get(ballot.id());
        if (last != null && last.of() == ballot) {
            return last.document();
        }
        Map<String, Object> plain = new LinkedHashMap<>(ballot.ballot().toPlain());
        plain.put("digest", ballot.definition().digestHex());
        putState(plain, ballot);
        plain.put("votesUrl", publicUrls.votes(ballot.id()).toString());
        Document document = new Document(new Coded(JSON.writeValueAsBytes(plain)), version(ballot));
        written.put(ballot.id(), new Written(ballot, document));
        return document;
    }

    /** All of these ballots, each with as much as it takes to choose one. */
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
                    putState(entry, ballot);
                    entry.put("url", publicUrls.ballot(ballot.id()).toString());
                    return entry;
                })
                .toList();
        Document document = new Document(new Coded(JSON.writeValueAsBytes(Map.of("ballots", entries))), tag);
        lastList = document;
        return document;
    }

    private static void putState(Map<String, Object> document, ListedBallot ballot) {
        document.put("ready", ballot.published());
        document.put("closedEarly", ballot.closing());
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
