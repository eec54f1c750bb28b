// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.routes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /openapi.yaml}: the description of an app's routes for programs. */
@RestController
public final class OpenApiRoute {
    private static final MediaType YAML = MediaType.parseMediaType("application/yaml");

    private final byte[] document;

    /**
     * Serves a document.
     *
     * @param resource on the class path, in UTF-8
     * @param told what is made of its text before it is served
     * @throws IOException when there is no such resource
     */
    public OpenApiRoute(String resource, UnaryOperator<String> told) throws IOException {
        String text = new ClassPathResource(resource).getContentAsString(StandardCharsets.UTF_8);
        this.document = told.apply(text).getBytes(StandardCharsets.UTF_8);
    }

    @GetMapping("/openapi.yaml")
    ResponseEntity<byte[]> openApi() {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .contentType(YAML)
                .body(document);
    }
}
