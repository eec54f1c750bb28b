// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.pages;

import io.votelog.streams.read.http.WebSettings;
import io.votelog.web.pages.StaticFiles;
import io.votelog.web.pages.Words;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
class PageConfiguration {
    /** The path of uPlot with the version that the build has; the start fails when the build has another one. */
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

    @Bean
    StaticFiles staticFiles() {
        StaticFiles files = StaticFiles.common(PageController.FILES)
                .with(PageConfiguration.class, UPLOT + "uPlot.min.css", "uPlot.min.css")
                .with(PageConfiguration.class, UPLOT + "uPlot.iife.min.js", "uPlot.iife.min.js")
                .with(PageConfiguration.class, "results.css", "results.css")
                .with(PageConfiguration.class, "receipt.css", "receipt.css")
                .with(PageConfiguration.class, "receipt.js", "receipt.js");
        for (String module : new String[] {
            "words.js", "feed.js", "lead.js", "tables.js", "plot.js", "chart.js", "course.js", "results.js"
        }) {
            files.with(PageConfiguration.class, module, module);
        }
        return files;
    }

    @Bean
    Words pageWords() {
        return Words.of(PageConfiguration.class, "results");
    }

    @Bean
    ResultsPage resultsPage(StaticFiles files, Words words, WebSettings web, PageSettings settings, JsonMapper json) {
        return new ResultsPage(files, words, web.publicUrls(), settings, json);
    }

    @Bean
    ReceiptPage receiptPage(StaticFiles files, Words words, WebSettings settings) {
        return new ReceiptPage(files, words, settings.publicUrls());
    }

    @Bean
    NoticePage noticePage(StaticFiles files, Words words) {
        return new NoticePage(files, words);
    }
}
