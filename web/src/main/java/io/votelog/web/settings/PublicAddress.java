// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.settings;

import java.net.URI;

/** Where the world reaches an app, as a setting names it ({@code votelog.public-urls}). */
public final class PublicAddress {
    private PublicAddress() {}

    /**
     * The address without slashes at its end, so that paths can be put behind it.
     *
     * @param key the setting's full name
     * @throws BadSettingException unless it is an http or https URL with a host, and without query and fragment
     */
    public static URI of(String key, URI url) {
        boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (!http || url.getHost() == null || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new BadSettingException(
                    key,
                    url.toString(),
                    "an http or https URL without query and fragment, such as https://vote.example");
        }
        String text = url.toString();
        int end = text.length();
        while (text.charAt(end - 1) == '/') {
            end--;
        }
        return end == text.length() ? url : URI.create(text.substring(0, end));
    }
}
