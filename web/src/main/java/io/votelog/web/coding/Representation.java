// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.coding;

import io.votelog.web.headers.AcceptEncoding;
import io.votelog.web.headers.EntityTags;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/**
 * One form of a resource as it can be asked for: in gzip or plain, whole or only when it has changed (RFC 9110, sections 8.8.3, 12.5.3
 * and 13.1.2).
 *
 * @param type of the content
 * @param tag what tells this content from another, without quotes; in gzip it has {@value #GZIP_SUFFIX} behind it
 * @param caching for how long it may be kept
 * @param varies the request's headers that it depends on, beside Accept-Encoding
 */
public record Representation(MediaType type, String tag, Coded content, CacheControl caching, List<String> varies) {
    /** Behind the tag of what is compressed, whose bytes are others. */
    public static final String GZIP_SUFFIX = "-gzip";

    /**
     * The answer to a request for it: 304 when the client names its tag, or any.
     *
     * @param more headers of a 200 and of a 304
     */
    public ResponseEntity<byte[]> answer(HttpHeaders request, HttpHeaders more) {
        boolean gzip = AcceptEncoding.gzip(request);
        String entityTag = '"' + tag + (gzip ? GZIP_SUFFIX : "") + '"';
        HttpHeaders headers = new HttpHeaders();
        headers.putAll(more);
        headers.setETag(entityTag);
        headers.setCacheControl(caching);
        List<String> vary = new ArrayList<>(varies);
        vary.add(HttpHeaders.ACCEPT_ENCODING);
        headers.setVary(vary);
        if (EntityTags.ifNoneMatch(request).name(entityTag)) {
            return new ResponseEntity<>(headers, HttpStatus.NOT_MODIFIED);
        }
        headers.setContentType(type);
        return new ResponseEntity<>(content.in(headers, gzip), headers, HttpStatus.OK);
    }
}
