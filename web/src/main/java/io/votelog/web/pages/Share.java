// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.pages;

/**
 * What is shown of a page where somebody shares its address: <a href="https://ogp.me">Open Graph</a>, and the item properties that WeChat
 * and QQ read.
 *
 * @param description one or two sentences, at most some 150 characters
 * @param address of the page, absolute
 * @param picture its address, absolute: PNG, 1200 x 630 pixels
 */
public record Share(String description, String address, String picture) {
    /** What {@link StaticFiles#common} calls the picture that all pages have. */
    public static final String PICTURE = "votelog.png";
}
