// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.pages;

import io.votelog.web.pages.Content;
import io.votelog.web.pages.Head;
import io.votelog.web.pages.Language;
import io.votelog.web.pages.StaticFiles;
import io.votelog.web.pages.Template;
import io.votelog.web.pages.Words;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The page that is shown when there are no results to look at. */
final class NoticePage {
    private final StaticFiles files;
    private final Words words;
    private final Template template = Template.of(NoticePage.class, "notice.mustache");

    /** The page by language; it is the same for every unknown ballot. */
    private final Map<Language, Content> rendered = new ConcurrentHashMap<>();

    NoticePage(StaticFiles files, Words words) {
        this.files = files;
        this.words = words;
    }

    Content unknownBallot(Language language) {
        return rendered.computeIfAbsent(language, this::render);
    }

    private Content render(Language language) {
        Wording wording = new Wording(words, language);
        String title = wording.word("no-ballot-title");
        return Content.html(template.render(Map.of(
                "head", Head.of(title, language, files, "results.css"),
                "title", title,
                "text", wording.word("no-ballot-text"),
                "back", wording.word("all-ballots"))));
    }
}
