// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /openapi.yaml}: the description of this side's routes, with its public address filled in. */
@RestController
final class OpenApiController {
    private static final String DEFAULT_SERVER = "http://localhost:8081";

    private final byte[] document;

    OpenApiController(WebSettings settings) throws IOException {
        String text = new ClassPathResource("openapi/streams-app.yaml").getContentAsString(StandardCharsets.UTF_8);
        WebSettings.PublicUrls urls = settings.publicUrls();
        String server = urls == null || urls.streams() == null ? DEFAULT_SERVER : String.valueOf(urls.streams());
        this.document = text.replace(DEFAULT_SERVER, server).getBytes(StandardCharsets.UTF_8);
    }

    @GetMapping("/openapi.yaml")
    ResponseEntity<byte[]> document() {
        return ResponseEntity.ok()
                .contentType(new MediaType("application", "yaml"))
                .body(document);
    }
}
