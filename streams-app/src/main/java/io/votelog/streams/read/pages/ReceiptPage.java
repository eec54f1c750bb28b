// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.pages;

import io.nayuki.qrcodegen.QrCode;
import io.votelog.rules.Ballot;
import io.votelog.rules.Reason;
import io.votelog.streams.read.http.WebSettings;
import io.votelog.streams.read.receipts.ReceiptDocument;
import io.votelog.streams.read.receipts.ReceiptDocument.Annulled;
import io.votelog.web.pages.Content;
import io.votelog.web.pages.Head;
import io.votelog.web.pages.Language;
import io.votelog.web.pages.Moment;
import io.votelog.web.pages.StaticFiles;
import io.votelog.web.pages.Template;
import io.votelog.web.pages.Words;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The page that tells people what became of a vote, by its receipt, and the field to enter one. */
final class ReceiptPage {
    /** Modules of quiet zone around a QR code (ISO/IEC 18004, section 9.1). */
    private static final int QUIET_ZONE = 4;

    private final StaticFiles files;
    private final Words results;
    private final @Nullable URI streams;
    private final @Nullable URI sealedLog;
    private final Words words = Words.of(ReceiptPage.class, "receipt");
    private final Template template = Template.of(ReceiptPage.class, "receipt.mustache");

    /**
     * @param results the words of the results page, which has those for the reasons
     * @param urls the public addresses of this side and of the sealed log, as far as they are set
     */
    ReceiptPage(StaticFiles files, Words results, WebSettings.PublicUrls urls) {
        this.files = files;
        this.results = results;
        this.streams = urls.streams();
        this.sealedLog = urls.sealedLog();
    }

    /**
     * A receipt in the address of a page.
     *
     * @param receipt 43 characters of base64url
     * @param offset where the attempt was recorded, or null
     */
    record Address(String ballotId, String receipt, @Nullable String offset) {
        /** The path, with the query for that language. */
        String in(Language language) {
            return "/ballots/%s/receipts/%s?%s%s=%s"
                    .formatted(
                            ballotId,
                            receipt,
                            offset == null ? "" : "offset=" + offset + "&",
                            Language.PARAMETER,
                            language.tag());
        }
    }

    /** How a verdict is shown. The words are under its name. */
    private enum Kind {
        ACCEPTED("good"),
        RETRIED("good"),
        ANNULLED("bad"),
        REJECTED("bad"),
        PENDING("");

        private final String look;

        Kind(String look) {
            this.look = look;
        }

        static Kind of(ReceiptDocument document) {
            if (document.annulled() != null) {
                return ANNULLED;
            }
            return switch (document.status()) {
                case ACCEPTED -> ACCEPTED;
                case RETRIED -> RETRIED;
                case REJECTED -> REJECTED;
                case PENDING -> PENDING;
            };
        }
    }

    /** One line of the account for whoever checks the log. */
    private record Line(String name, String value) {}

    /** One time of the account. */
    private record Time(String name, Moment at) {}

    /** The page of a vote of which something is known. */
    Content verdict(Ballot ballot, Address address, ReceiptDocument document, Language language) {
        Kind kind = Kind.of(document);
        String key = kind.name().toLowerCase(Locale.ROOT);
        Map<String, Object> values = values(ballot, language, address.in(language.other()));
        values.put("receipt", address.receipt());
        values.put("look", kind.look);
        values.put("verdict", key);
        values.put("heading", words.say(language, key + ".title", Map.of()));
        values.put("meaning", meaning(key, document, language));
        values.put("reason", reason(document, language));
        values.put("times", times(document, language));
        values.put(
                "lines",
                List.of(
                        new Line(word(language, "voteId"), document.voteId().toString()),
                        new Line(
                                word(language, "place"),
                                words.say(
                                        language,
                                        "place.value",
                                        Map.of("partition", document.partition(), "offset", document.offset())))));
        values.put("pending", kind == Kind.PENDING);
        values.put("known", true);
        URI sealed = sealedLog;
        if (sealed != null) {
            values.put("check", check(sealed, address, document));
        }
        URI own = streams;
        if (own != null) {
            String link = own + address.in(language);
            values.put("link", link);
            values.put("qr", qr(link));
        }
        return Content.html(template.render(values));
    }

    /**
     * The page that says why nothing can be told, with the field to enter another receipt.
     *
     * @param code of the problem
     * @param receipt what was entered; null where nothing was
     * @param self the path of this page in the other language
     */
    Content nothing(Ballot ballot, @Nullable String code, @Nullable String receipt, String self, Language language) {
        String key = code == null ? "enter" : words.in(language).containsKey(code + ".title") ? code : "away";
        Map<String, Object> values = values(ballot, language, self);
        values.put("receipt", receipt == null ? "" : receipt);
        values.put("look", code == null ? "" : "warning");
        values.put("verdict", key);
        values.put("heading", word(language, key + ".title"));
        values.put("meaning", word(language, key + ".text"));
        return Content.html(template.render(values));
    }

    /** The path of the page with the field, with the query for that language. */
    static String fieldIn(String ballotId, @Nullable String entered, Language language) {
        String query = entered == null || entered.isEmpty()
                ? ""
                : "receipt=" + URLEncoder.encode(entered, StandardCharsets.UTF_8) + "&";
        return "/ballots/%s/receipts?%s%s=%s".formatted(ballotId, query, Language.PARAMETER, language.tag());
    }

    private Map<String, Object> values(Ballot ballot, Language language, String switchAddress) {
        Map<String, Object> values = new HashMap<>();
        Language.Said title = language.in(ballot.title());
        String tab = words.say(language, "page-title", Map.of("title", title.text()));
        values.put(
                "head",
                Head.of(tab, language, files, "receipt.css", "times.js", "time-limit.js", "copying.js", "receipt.js")
                        .switchingTo(switchAddress));
        values.put("words", words.in(language));
        values.put("title", title);
        values.put("ballotId", ballot.id());
        values.put("resultsAddress", "/ballots/%s/results?lang=%s".formatted(ballot.id(), language.tag()));
        for (String absent : List.of("reason", "link", "qr", "check")) {
            values.put(absent, List.of());
        }
        values.put("times", List.of());
        values.put("lines", List.of());
        values.put("pending", false);
        values.put("known", false);
        return values;
    }

    private String meaning(String key, ReceiptDocument document, Language language) {
        Annulled annulled = document.annulled();
        return words.say(language, key + ".text", annulled == null ? Map.of() : Map.of("why", annulled.reason()));
    }

    /** Why the vote does not count, in a sentence; an empty list where it does. */
    private Object reason(ReceiptDocument document, Language language) {
        Reason reason = document.reason();
        return reason == null
                ? List.of()
                : words.say(
                        language, "because", Map.of("why", results.say(language, "reason-" + reason.name(), Map.of())));
    }

    private List<Time> times(ReceiptDocument document, Language language) {
        List<Time> times = new ArrayList<>();
        String recorded = document.recordedAt();
        if (recorded != null) {
            times.add(time("recorded", recorded, language));
        }
        String accepted = document.acceptedAt();
        if (accepted != null && !accepted.equals(recorded)) {
            times.add(time("first", accepted, language));
        }
        Annulled annulled = document.annulled();
        if (annulled != null) {
            times.add(time("annulledAt", annulled.at(), language));
        }
        return times;
    }

    private Time time(String key, String iso, Language language) {
        return new Time(word(language, key), Moment.of(Instant.parse(iso)));
    }

    private String word(Language language, String key) {
        return words.say(language, key, Map.of());
    }

    /** Where the proof of the vote is checked, and where it comes from. */
    private static Map<String, Object> check(URI sealedLog, Address address, ReceiptDocument document) {
        String place = "partition=%d&offset=%d".formatted(document.partition(), document.offset());
        return Map.of(
                "page",
                "%s/check#ballot=%s&receipt=%s&%s".formatted(sealedLog, address.ballotId(), address.receipt(), place),
                "document",
                "/v1/ballots/%s/receipts/%s/proof?offset=%d"
                        .formatted(address.ballotId(), address.receipt(), document.offset()),
                "file",
                "proof-%s.json".formatted(address.ballotId()));
    }

    /** A QR code as the path of an SVG picture, and the length of the picture's side. */
    private static Map<String, Object> qr(String text) {
        QrCode code = QrCode.encodeText(text, QrCode.Ecc.MEDIUM);
        StringBuilder path = new StringBuilder();
        for (int y = 0; y < code.size; y++) {
            for (int x = 0; x < code.size; x++) {
                if (code.getModule(x, y)) {
                    path.append('M')
                            .append(x + QUIET_ZONE)
                            .append(',')
                            .append(y + QUIET_ZONE)
                            .append("h1v1h-1z");
                }
            }
        }
        return Map.of("side", code.size + 2 * QUIET_ZONE, "path", path.toString());
    }
}
