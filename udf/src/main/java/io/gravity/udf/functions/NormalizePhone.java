package io.gravity.udf.functions;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import io.gravity.udf.FieldFunction;
import java.util.regex.Pattern;

/** Gives a phone number as E.164 has it, e.g. {@code +8613812345678}; one without a country is taken for one of China. What
 * is no valid number is refused; Chinese mobile numbers are taken even of ranges that are not yet given out. */
public final class NormalizePhone implements FieldFunction {
    private static final Pattern CHINESE_MOBILE = Pattern.compile("(\\+86)?1[3-9]\\d{9}");
    private static final PhoneNumberUtil PHONES = PhoneNumberUtil.getInstance();

    @Override
    public String name() {
        return "normalize_phone";
    }

    @Override
    public Object apply(Object value) {
        var text = Spaces.strip(Spaces.brief(value, "a phone number"));
        if (CHINESE_MOBILE.matcher(text).matches()) {
            return "+86" + text.substring(text.length() - 11);
        }
        try {
            var number = PHONES.parse(text, "CN");
            if (PHONES.isValidNumber(number)) {
                return PHONES.format(number, PhoneNumberUtil.PhoneNumberFormat.E164);
            }
        } catch (NumberParseException e) {
            // Refused below.
        }
        throw Spaces.refused(value, "a phone number");
    }
}
