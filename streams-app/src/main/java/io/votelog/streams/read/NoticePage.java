package io.votelog.streams.read;

import io.votelog.web.pages.Content;
import io.votelog.web.pages.Head;
import io.votelog.web.pages.Language;
import io.votelog.web.pages.StaticFiles;
import io.votelog.web.pages.Template;
import io.votelog.web.pages.Words;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The page that says why there are no results to look at. */
final class NoticePage {
    private final StaticFiles files;
    private final Words words;
    private final Template template = Template.of(NoticePage.class, "notice.mustache");

    /** Whoever asks for what is not there gets the same. */
    private final Map<Key, Content> rendered = new ConcurrentHashMap<>();

    NoticePage(StaticFiles files, Words words) {
        this.files = files;
        this.words = words;
    }

    Content unknownBallot(Language language) {
        return of("no-ballot", language);
    }

    Content notYet(Language language) {
        return of("not-yet", language);
    }

    private record Key(String what, Language language) {}

    private Content of(String what, Language language) {
        return rendered.computeIfAbsent(new Key(what, language), key -> render(what, language));
    }

    private Content render(String what, Language language) {
        Wording wording = new Wording(words, language);
        String title = wording.word(what + "-title");
        return Content.html(template.render(Map.of(
                "head", Head.of(title, language, files, "results.css"),
                "title", title,
                "text", wording.word(what + "-text"),
                "back", wording.word("all-ballots"))));
    }
}
